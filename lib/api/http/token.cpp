#include "api/service.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::api {
namespace {

constexpr std::size_t kShortest = 16;
constexpr std::size_t kLongest = 512;
constexpr const char* kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";

} // namespace

Result<std::string> read_token(const std::string& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return Error{std::strerror(errno), file, "--token-file takes a readable file", 2};
    struct stat st {};
    char text[kLongest + 2];
    const bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    const ssize_t n = regular ? read(fd, text, sizeof text) : -1;
    close(fd);
    if (n < 0) return Error{"not a file that can be read", file, "", 2};
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{"others may read the token", file, "chmod 600 it", 2};
    std::string token(text, static_cast<std::size_t>(n));
    token.resize(std::min(token.find_first_of("\r\n"), token.size()));
    if (token.size() < kShortest || token.size() > kLongest
        || token.find_first_not_of(kAlphabet) != std::string::npos)
        return Error{"not a bearer token", file,
                     "16 to 512 letters, digits and -._~+/= on its first line, for example from "
                     "'openssl rand -base64 32'",
                     2};
    return token;
}

} // namespace lacuna::api
