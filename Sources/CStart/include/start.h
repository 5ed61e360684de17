/// What a tool does before anything else in its process: it takes SIGTERM and SIGINT, and reserves the standard streams.
///
/// Linking this is enough, so only tools do: a program of somebody else's is no place for it. Nothing is done in a program
/// that ends in `.xctest`: tests are a program too, which nobody makes take its signals.
#ifndef LOPT_START_H
#define LOPT_START_H
#endif
