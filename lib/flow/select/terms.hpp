// A filter whose names somebody knows.
#pragma once

#include "flow/select/filter.hpp"

#include <functional>
#include <optional>

namespace lacuna::flow {

/// What `name NAME` or `tunnel NAME` stands for (`term` is the keyword), as an expression in terms
/// that need no names; nothing: nobody has this name.
using Meaning =
    std::function<std::optional<std::string>(std::string_view term, const std::string& name)>;

/// As Filter::parse(), with two terms more: `name NAME`, and `tunnel ID` or NAME. An id needs no
/// names: `<a>~<b>` or `macsec-<sci>`. A NAME with spaces stands in quotes. `meaning` may be empty:
/// then there are no names.
Result<Filter> parse_filter(std::string_view text, const Meaning& meaning);

/// The terms that select the tunnel with that id; nothing: it is none.
std::optional<std::string> tunnel_terms(std::string_view id);

} // namespace lacuna::flow
