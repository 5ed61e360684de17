/// Signals that are passed on to a thread, through a pipe. None is lost from the moment on at which it is taken.
#ifndef LOPT_SIGNALS_H
#define LOPT_SIGNALS_H

/// Opens the pipe, once in a process. Returns 0, or -1 where there is no room for one; `errno` says why.
int lopt_open_signals(void);

/// Waits for the next signal in the pipe, and returns its number.
int lopt_next_signal(void);

/// Lets a signal that arrives at any thread be written to the pipe, instead of what it did before. The pipe must be
/// open, and the number at most 127. System calls that the signal interrupts go on.
void lopt_take_signal(int number);

/// Lets a signal do nothing.
void lopt_ignore_signal(int number);

#endif
