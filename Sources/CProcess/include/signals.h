/// Signals that are passed on to a thread, through a pipe. None is lost from the moment on at which it is taken.
#ifndef LOPT_SIGNALS_H
#define LOPT_SIGNALS_H

/// Opens the pipe, where it is not open. Returns 0, or -1 where there is no room for one; `errno` says why.
int lopt_open_signals(void);

/// Waits for the next signal in the pipe, and returns its number. One thread calls this again and again; the signals
/// that waited arrive at it.
int lopt_next_signal(void);

/// Lets a signal that arrives at any thread be written to the pipe, instead of what it did before. The pipe must be
/// open, and the number at most 127. System calls that the signal interrupts go on.
void lopt_take_signal(int number);

/// Lets a signal do nothing.
void lopt_ignore_signal(int number);

/// Ends the process as a signal does where nobody takes it, so that a shell sees why; the first process of a container
/// by the exit code 128 + number.
__attribute__((noreturn)) void lopt_end_by_signal(int number);

#endif
