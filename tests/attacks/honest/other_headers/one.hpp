#ifndef _ONE_HPP_
#define _ONE_HPP_
inline int one_of_mine() { return 1; }
#endif
