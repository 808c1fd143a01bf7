#include "port/live/losses/kernel_side.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lacuna::port {

namespace {

/// Whether `fd` is a packet socket bound to interface `index`.
bool is_packet_socket(int fd, int index) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_PACKET)
        return false;
    sockaddr_ll address{};
    size = sizeof address;
    return getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0
           && address.sll_ifindex == index && address.sll_protocol != 0;
}

template <std::size_t N>
void attach(int fd, sock_filter (&program)[N]) {
    const sock_fprog filter{N, program};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

/// A filter on the socket. PACKET_IGNORE_OUTGOING means nothing to one in a fanout group, and the
/// driver puts its sockets into one.
void ignore_outgoing(int fd) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    attach(fd, program);
}

/// What a socket has taken stays; nothing follows, and nothing is counted as dropped.
void ignore_all(int fd) {
    sock_filter program[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    attach(fd, program);
}

/// What a file of sysfs says; 0: nothing that is a number, as when the interface is gone or down.
std::uint64_t number(int fd) {
    char text[32];
    const ssize_t size = pread(fd, text, sizeof text, 0);
    std::uint64_t n = 0;
    if (size > 0) std::from_chars(text, text + size, n);
    return n;
}

} // namespace

KernelSide::~KernelSide() {
    for (const int fd : {promiscuous_, carrier_, losses_, drops_})
        if (fd >= 0) close(fd);
}

int KernelSide::hold(const std::string& file) const {
    return ::open(("/sys/class/net/" + interface_ + "/" + file).c_str(), O_RDONLY | O_CLOEXEC);
}

Status KernelSide::open(const std::string& interface, const char* drops) {
    interface_ = interface;
    index_ = static_cast<int>(if_nametoindex(interface.c_str()));
    if (index_ == 0) return Error{"no such interface", interface, "see: ip link", 2};
    carrier_ = hold("carrier");
    losses_ = hold("carrier_down_count");
    drops_ = hold(std::string("statistics/") + drops);
    base_ = number(drops_);
    return {};
}

Status KernelSide::be_promiscuous(bool on) {
    if (!on) {
        if (promiscuous_ >= 0) close(promiscuous_);
        promiscuous_ = -1;
        return {};
    }
    if (promiscuous_ >= 0) return {};
    // A membership goes with its socket; the interface's flag would outlive a killed process.
    // Protocol 0: the socket receives nothing.
    promiscuous_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    packet_mreq request{};
    request.mr_ifindex = index_;
    request.mr_type = PACKET_MR_PROMISC;
    if (promiscuous_ >= 0
        && setsockopt(promiscuous_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request)
               == 0)
        return {};
    return Error{std::string("cannot be made promiscuous: ") + std::strerror(errno), interface_,
                 "needs CAP_NET_RAW", 1};
}

void KernelSide::watch_packet_sockets() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
        const std::string name = entry.path().filename().string();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (fd < 0 || !is_packet_socket(fd, index_) || socket_count_ == std::size(sockets_))
            continue;
        ignore_outgoing(fd);
        tpacket_stats before{};
        socklen_t size = sizeof before;
        getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &before, &size); // reading sets it to zero
        sockets_[socket_count_++] = fd;
    }
}

void KernelSide::close_packet_sockets() {
    for (std::size_t i = 0; i < socket_count_; ++i)
        ignore_all(sockets_[i]);
}

std::uint64_t KernelSide::missed(bool thorough) {
    for (std::size_t i = 0; i < socket_count_; ++i) {
        tpacket_stats stats{};
        socklen_t size = sizeof stats;
        if (getsockopt(sockets_[i], SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
            socket_drops_ += stats.tp_drops;
    }
    if (thorough || always_) {
        const std::uint64_t nic = number(drops_);
        if (nic > base_) nic_drops_ = nic - base_;
    }
    return socket_drops_ + nic_drops_;
}

bool KernelSide::link_up() const {
    return number(carrier_) == 1;
}

std::uint64_t KernelSide::link_losses() const {
    return number(losses_);
}

bool KernelSide::present() const {
    char name[IF_NAMESIZE];
    return if_indextoname(static_cast<unsigned>(index_), name) != nullptr;
}

std::uint32_t KernelSide::mtu() const {
    const int fd = hold("mtu");
    const std::uint64_t mtu = number(fd);
    if (fd >= 0) close(fd);
    return static_cast<std::uint32_t>(mtu);
}

Status KernelSide::set_mtu(std::uint32_t mtu) {
    ifreq request{};
    interface_.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_mtu = static_cast<int>(mtu);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool done = fd >= 0 && ioctl(fd, SIOCSIFMTU, &request) == 0;
    const int code = errno;
    if (fd >= 0) close(fd);
    if (done) return {};
    return Error{"mtu " + std::to_string(mtu) + " is refused: " + std::strerror(code), interface_,
                 "", 1};
}

std::uint32_t KernelSide::queues() const {
    std::uint32_t n = 0;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/class/net/" + interface_ + "/queues", error))
        n += entry.path().filename().string().starts_with("rx-") ? 1 : 0;
    return n;
}

} // namespace lacuna::port
