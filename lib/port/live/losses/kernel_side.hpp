// What the kernel knows of an interface that a driver of DPDK listens to, and what the driver does
// not tell.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace lacuna::port {

/// An interface of the kernel while a port listens to it. Not thread safe.
class KernelSide {
public:
    KernelSide() = default;
    ~KernelSide();
    KernelSide(const KernelSide&) = delete;
    KernelSide& operator=(const KernelSide&) = delete;

    /// `drops`: the interface's counter of frames it lost on their way to the port. Errors
    /// (exit 2): no such interface.
    Status open(const std::string& interface, const char* drops = "rx_missed_errors");

    /// Makes the interface take all frames for as long as this object (this process) lives.
    Status be_promiscuous(bool on);

    /// Makes missed() ask the interface each time.
    void ask_always() { always_ = true; }

    /// Finds the packet socket the af_packet driver opened on the interface, whose drops it hides,
    /// and has it ignore what the host itself sends.
    void watch_packet_sockets();

    /// Has the sockets watched take nothing more. Any thread.
    void close_packet_sockets();

    /// Frames lost since open(): in packet sockets watched, and by the interface, which is asked
    /// only if `thorough`.
    std::uint64_t missed(bool thorough);

    /// Whether there is a carrier.
    bool link_up() const;
    /// How often the carrier went, since open() or before; 0: the kernel does not tell.
    std::uint64_t link_losses() const;
    /// Whether the interface is still there, under whatever name.
    bool present() const;
    std::uint32_t mtu() const;
    /// Status of setting it; stays after the run. Errors (exit 1): the kernel refuses.
    Status set_mtu(std::uint32_t mtu);
    /// RX queues the interface has at present.
    std::uint32_t queues() const;

private:
    /// A file of the interface's. Held open it follows the interface when that is renamed.
    int hold(const std::string& file) const;

    std::string interface_; ///< as it was called at first
    int index_ = 0;
    int carrier_ = -1;
    int losses_ = -1; ///< of the carrier
    int drops_ = -1;
    int promiscuous_ = -1; ///< a socket that holds the membership
    std::uint64_t base_ = 0;
    std::uint64_t socket_drops_ = 0;
    std::uint64_t nic_drops_ = 0;
    bool always_ = false;
    int sockets_[64] = {};
    std::size_t socket_count_ = 0;
};

} // namespace lacuna::port
