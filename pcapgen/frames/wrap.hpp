// What is wrapped around the frames of an SA with --inside.
#pragma once

#include "pcapgen/frames/frame_kind.hpp"

#include "base/result.hpp"

#include <vector>

namespace lacuna::pcapgen {

/// A frame that is being wrapped, in place: from `octets` on there is room for what is added.
struct Wrapping {
    std::uint8_t* octets;
    std::uint32_t length;
};

/// One wrapper.
struct Wrapper {
    const char* name;    ///< value of --inside
    const char* inside;  ///< `inside` of the report; empty: a tag, which nothing is inside of
    bool carries_frames; ///< else IP packets alone: the Ethernet header inside goes
    bool makes_ip;       ///< what comes out is an IP packet in an Ethernet frame
    void (*wrap)(Wrapping& w);
};

/// Wrappers around each other, outermost first.
using WrapperChain = std::vector<const Wrapper*>;

/// Most octets a chain of the longest adds.
inline constexpr std::uint32_t kMostWrapped = 1024;

/// "vxlan+pppoe,gre": chains, commas between them; each SA gets one of them in turn. Errors name
/// the option.
Result<std::vector<WrapperChain>> parse_inside(const std::string& text);

/// Wraps the frame; what cannot carry it is left out: IP wrappers around MACsec.
void wrap(const WrapperChain& chain, Wrapping& w, Class cls);
/// What `inside` of the report says of an SA of this class.
const char* inside_name(const WrapperChain& chain, Class cls);

} // namespace lacuna::pcapgen
