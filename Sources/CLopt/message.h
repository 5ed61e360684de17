/// The messages of errors, which are for people.
#ifndef LOPT_MESSAGE_H
#define LOPT_MESSAGE_H

/// Writes a message as printf does into `message`[LOPT_MESSAGE], cut where it is longer.
__attribute__((format(printf, 2, 3))) void lopt_say(char *message, const char *format, ...);

#endif
