// What a store knows of the SAs of one tap.
#pragma once

#include "base/result.hpp"
#include "path/taps/tap.hpp"

namespace lacuna::path {

/// Fills the tracks of `tap` with the latest run in the store `dir`: first and highest numbers, and
/// the gaps its events tell. Gaps that were blind, of an SA whose loss is in doubt (lost_doubtful,
/// or too old packets, which may have filled some), or not final in a run that has not ended, are
/// unknown; so is all of an SA whose events are not all there. Errors (exit 2): no such store, no
/// run in it.
Status read_store(Tap& tap, const std::string& dir);

} // namespace lacuna::path
