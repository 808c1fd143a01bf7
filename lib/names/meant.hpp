// Which SA somebody means who wrote the beginning of an id, or a name.
#pragma once

#include "flow/summary.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lacuna::names {

/// Given every SA there is, finds the one that was meant: the only one whose id begins so, whatever
/// the case of its letters, or that has this name (name_of()). One owner.
class Meant {
public:
    /// `text`: as written; empty means none.
    explicit Meant(std::string text);

    /// What was written is a whole id, known or not: no SA need be offered.
    bool whole() const { return whole_; }
    /// False: several were meant already, more need not be offered.
    bool offer(const flow::SaSummary& row);

    /// Nothing: none was meant, or several, which ids() then tells.
    std::optional<wire::SaIdentity> identity() const;
    /// "esp-…, esp-… and more"; empty: none was meant.
    std::string ids() const;

    /// What to say where ids() tells some, and where it tells none.
    static constexpr const char* kSeveral = "several SAs begin so or are called so";
    static constexpr const char* kNone =
        "not the id of an SA, nor the beginning or the name of one in this run";
    static constexpr const char* kLike =
        "ids look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1";

private:
    std::string text_;
    std::string beginning_; ///< in small letters, as ids are
    bool whole_ = false;
    std::vector<std::string> found_; ///< each once
};

} // namespace lacuna::names
