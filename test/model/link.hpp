// Packets of any identities in, figures out: the whole model.
#pragma once

#include "model/identity.hpp"

#include <array>
#include <memory>

namespace model {

/// One packet as a listener sees it.
struct Step {
    enum Kind : std::uint8_t { esp, macsec, shared } kind; ///< shared: SecTAG without SCI
    std::uint32_t name;                                    ///< SPI, or secure channel
    std::uint32_t part;                                    ///< destination, or AN
    int source;                                            ///< address; 0 for macsec
    std::uint32_t number;
    std::int64_t time;
    std::int64_t drops_from = 0, drops_to = -1; ///< the last ones of the probe; none if to < from
};

/// All identities of a capture. Not copyable.
class Link {
public:
    /// `returns`: a source that goes on where it was left had not moved or jumped.
    explicit Link(Memory memory, bool returns = true) : memory_(memory), returns_(returns) {}
    void packet(const Step& step);
    void end();

    struct Result {
        Step::Kind kind;
        std::uint32_t name, part; ///< as first seen
        std::vector<Row> rows;
    };
    std::vector<Result> results() const; ///< in the order of their first packets
    std::uint64_t rekeys() const;
    std::uint64_t rekeys(std::uint32_t channel) const;
    std::uint64_t reused_ans() const { return reused_ans_; }

private:
    static constexpr std::size_t kAns = 4;
    /// A secure channel.
    struct Channel {
        std::array<Identity*, kAns> an{};
        int active = -1;
        std::array<bool, kAns> had{};
        int run_an = -1;
        std::int64_t run = 0; ///< packets in a row that rose
        std::uint64_t rekeys = 0;
    };
    struct Held {
        Result named;
        std::unique_ptr<Identity> identity;
    };

    Identity& identity(const Step& step);
    void follow(Channel& channel, int an, bool rose, bool repeated);
    void activate(Channel& channel, int an, bool counts);

    Memory memory_;
    bool returns_;
    std::vector<Drops> drops_;
    std::vector<Held> held_;
    std::map<std::array<std::uint32_t, 3>, std::size_t> index_; ///< by kind, name and part
    std::map<std::uint32_t, Channel> channels_;
    std::uint64_t reused_ans_ = 0;
};

} // namespace model
