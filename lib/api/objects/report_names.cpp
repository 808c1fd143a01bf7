// Objects by the names of the report: the ones for new programs.
#include "api/objects/objects.hpp"

namespace lacuna::api {
namespace {

/// As report::write_flow() writes them.
std::vector<MemberText> flow_members() {
    std::vector<MemberText> members;
    for (const flow::Field& f : flow::kFields)
        if ((f.in & flow::kReport) != 0)
            members.push_back({f.name, api::type_of(f.kind), f.help, &f});
    members.push_back({"name", "string", "as --names gave it, if it did"});
    members.push_back({"tunnel", "string", "id of the tunnel of an encrypted link"});
    return members;
}

} // namespace

std::vector<ObjectText> report_object_texts() {
    return {{"ReportFlow", flow_members()},
            {"ReportGap",
             {{"flow_id", "string", "text id of the SA"},
              {"first_missing", "integer", "the first missing number"},
              {"next", "integer", "the number after the gap"},
              {"size", "integer", "how many numbers are missing"},
              {"time", "string", "time of the packet that revealed it, RFC 3339"},
              {"blind", "boolean", "the probe itself may have lost them"}}},
            {"ReportSummary",
             {{"run", "integer|null", "number of the run; null: those of a span of time"},
              {"state", "string|null", "open, ended or crashed; null: of a span of time"},
              {"packets", "object|null", "frames by class; null: not known"},
              {"totals", "object", "sums over all SAs, as in reports"},
              {"replay_window", "object", "what receivers' windows would have dropped"}}}};
}

} // namespace lacuna::api
