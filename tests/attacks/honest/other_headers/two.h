#pragma once
#if defined(__GNUC__) && !defined(__clang__)
int two_of_mine();
#else
int two_of_mine();
#endif
