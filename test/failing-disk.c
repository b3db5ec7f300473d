/*
 * A disk that fails on demand, preloaded into a process under test. What fails
 * stands in the file named by FAILING_DISK, by the word: "write" and "sync"
 * give EIO, "full" ENOSPC, "readonly" EROFS. Only files of a database are touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_database(int fd) {
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, ".db") != NULL;
}

static int fails(const char *what) {
  const char *path = getenv("FAILING_DISK");
  if (path == NULL) return 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char word[32] = {0};
  ssize_t length = read(fd, word, sizeof word - 1);
  close(fd);
  return length > 0 && strncmp(word, what, strlen(what)) == 0;
}

static int error_of_write(int fd) {
  if (!is_database(fd)) return 0;
  if (fails("write")) return EIO;
  if (fails("full")) return ENOSPC;
  if (fails("readonly")) return EROFS;
  return 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE(error) \
  do { \
    int refused = (error); \
    if (refused != 0) { \
      errno = refused; \
      return -1; \
    } \
  } while (0)

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  REFUSE(error_of_write(fd));
  return REAL(pwrite64)(fd, bytes, count, offset);
}

int fdatasync(int fd) {
  REFUSE(is_database(fd) && fails("sync") ? EIO : 0);
  return REAL(fdatasync)(fd);
}

int fsync(int fd) {
  REFUSE(is_database(fd) && fails("sync") ? EIO : 0);
  return REAL(fsync)(fd);
}
