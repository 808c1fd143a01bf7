#include "report/text/identity.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "wire/text/sa_text.hpp"

#include <fmt/format.h>

namespace lacuna::report {

namespace {

std::string ends_text(const flow::SaSummary& s) {
    std::string id;
    flow::append_id(id, s);
    const wire::ProtocolRow& row = wire::row_of(s.id.key.protocol);
    // Which of several counters it is.
    const std::size_t mark = id.find('#');
    const std::string which = mark != id.npos ? " " + id.substr(mark) : std::string();
    if (row.id == wire::IdForm::channel)
        return fmt::format("{} {} AN {}{}", row.name, wire::destination_text(s.source),
                           +s.id.key.an, which);
    const std::string source = wire::source_text(s.source);
    if (row.id != wire::IdForm::index || row.kind != wire::ProtocolKind::link || source.empty())
        return id;
    return fmt::format("{} {:08x} {} → {}{}", row.name, s.id.key.spi, source,
                       wire::destination_text(s.source), which);
}

} // namespace

std::string identity_text(const flow::SaSummary& s) {
    const std::string name = names::name_of(s);
    return name.empty() ? ends_text(s) : name + "  " + ends_text(s);
}

} // namespace lacuna::report
