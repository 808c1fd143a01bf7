// The steering program on an interface: prepared for DPDK's AF_XDP driver, taken over from it,
// counted, and gone at the end.
#pragma once

#include "base/result.hpp"
#include "xdp/verdicts.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace lacuna::xdp {

/// What is redirected to lacuna, and so no longer reaches the kernel.
enum class Mode : std::uint8_t {
    beside,   ///< what is wanted; the kernel keeps the rest (a shared host)
    take_all, ///< every frame (the port of a mirror or tap)
};

/// What is redirected, by the outermost headers of a frame.
class Wanted {
public:
    /// False: no room for another.
    bool ethertype(std::uint16_t type);
    void ip_protocol(std::uint8_t protocol);
    void udp_port(std::uint16_t port); ///< on either side
    const steer_table& table() const { return table_; }

private:
    static void set(unsigned char& octet, unsigned bit);
    steer_table table_ = {};
};

/// Where in the receive path the program runs.
enum class Attach : std::uint8_t {
    automatic, ///< native where the driver can, else generic
    native,    ///< in the driver
    generic,   ///< behind the driver, on any interface; slower
};

/// Frames by what became of them, index enum steer_verdict; since the program was attached.
using Verdicts = std::array<std::uint64_t, STEER_VERDICTS_COUNT>;

/// Names of the verdicts, as figures call them.
extern const std::array<const char*, STEER_VERDICTS_COUNT> kVerdictNames;

/// Frames redirected to a socket.
std::uint64_t redirected(const Verdicts& v);

/// False where lacuna was built without libbpf or clang.
bool available();

/// The XDP program on an interface.
struct Attached {
    std::uint32_t id = 0;    ///< 0: there is none
    std::uint32_t flags = 0; ///< XDP_FLAGS_... that name where it hangs
    std::string name;        ///< empty: no permission to look at it (CAP_SYS_ADMIN)
    bool ours = false;       ///< a steering program
};
/// Errors (exit 2): no such interface; (exit 1): the kernel does not say, or not built in.
Result<Attached> attached_to(const std::string& interface);

/// One interface's program. DPDK's driver loads and attaches it from program_path(); adopt() then
/// moves it to a link of this process, so that the kernel takes it off when the process ends,
/// however it ends. The program is off the interface after detach() or destruction.
/// One owner; verdicts() may be called by another thread between adopt() and destruction.
class Steering {
public:
    /// Looks at what is attached to `interface`: a steering program another lacuna left behind is
    /// taken off, anything else is an error (exit 1) that says what it is. Errors (exit 2): no such
    /// interface; (exit 1): not built in, a lacuna at work on it, no permission to look.
    static Result<std::unique_ptr<Steering>> prepare(const std::string& interface, Mode mode,
                                                     const Wanted& wanted, Attach attach);
    ~Steering();
    Steering(const Steering&) = delete;
    Steering& operator=(const Steering&) = delete;

    /// The program as a file for the driver's `xdp_prog`, valid as long as the object.
    const std::string& program_path() const { return path_; }

    /// After the driver has attached the program. Errors (exit 1): it did not, or the interface
    /// does not take it the way `attach` asks.
    Status adopt();

    /// From now on nothing is redirected; what is in the socket's ring stays there. Idempotent.
    void detach();

    /// All zero before adopt(). After detach() the counters still stand.
    Verdicts verdicts() const;

    /// "native" or "generic"; empty before adopt().
    const char* attached_as() const { return attached_as_; }
    /// Whether prepare() found a program left behind and took it off.
    bool removed_stale() const { return removed_stale_; }

private:
    Steering() = default;
    Status remove_stale();

    std::string interface_;
    int index_ = 0; ///< of the interface
    Attach attach_ = Attach::automatic;
    std::string path_;
    const char* attached_as_ = "";
    bool removed_stale_ = false;
    int file_ = -1;     ///< the program's object, in memory
    int program_ = -1;  ///< the loaded program
    int counters_ = -1; ///< its map of verdicts
    int link_ = -1;     ///< holds the program on the interface; -1: attached without one
    std::uint32_t flags_ = 0;
};

} // namespace lacuna::xdp
