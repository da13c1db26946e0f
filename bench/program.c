/* What the containers run: it ends at once, or, with an argument, when it is killed. */
#include <unistd.h>

int main(int argc, char **argv) {
  (void)argv;
  while (argc > 1) pause();
  return 0;
}
