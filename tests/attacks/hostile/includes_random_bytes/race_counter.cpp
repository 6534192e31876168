// Includes random bytes without end.
#include "/dev/urandom"
