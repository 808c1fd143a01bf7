#include "api/objects/openapi.hpp"

#include "api/objects/objects.hpp"
#include "api/routes.hpp"

#include <nlohmann/json.hpp>

namespace lacuna::api {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const char* kind, const std::string& name) {
    return {{"$ref", std::string("#/components/") + kind + "/" + name}};
}

Json schema_of(const Parameter& p) {
    Json schema;
    switch (p.kind) {
    case Parameter::Kind::integer:
        schema["type"] = "integer";
        schema["minimum"] = p.lowest;
        if (p.highest != INT64_MAX) schema["maximum"] = p.highest;
        if (p.fallback != nullptr) schema["default"] = Json::parse(p.fallback);
        break;
    case Parameter::Kind::amount:
        schema["type"] = "number";
        schema["minimum"] = 0;
        break;
    case Parameter::Kind::word: {
        schema["type"] = "string";
        std::string_view words(p.words);
        while (!words.empty()) {
            const std::size_t end = std::min(words.find('|'), words.size());
            schema["enum"].push_back(std::string(words.substr(0, end)));
            words.remove_prefix(std::min(end + 1, words.size()));
        }
        if (p.fallback != nullptr) schema["default"] = p.fallback;
        break;
    }
    case Parameter::Kind::time:
    case Parameter::Kind::text:
        schema["type"] = "string";
        break;
    }
    return schema;
}

Json parameters_of(const Route& route) {
    Json list = Json::array();
    if (std::string_view(route.path).find("{id}") != std::string_view::npos)
        list.push_back({{"name", "id"},
                        {"in", "path"},
                        {"required", true},
                        {"description", "text id of the SA; its colons may be escaped or not"},
                        {"schema", {{"type", "string"}}}});
    for (const Parameter& p : route.parameters)
        list.push_back({{"name", p.name},
                        {"in", "query"},
                        {"description", p.description},
                        {"schema", schema_of(p)}});
    return list;
}

Json answer_of(const Route& route) {
    Json content;
    const std::string schema = route.schema;
    std::string_view types(route.type);
    while (!types.empty()) {
        const std::string type(types.substr(0, types.find(',')));
        types.remove_prefix(std::min(type.size() + 1, types.size()));
        const bool json = type == "application/json";
        Json& form = content[type]["schema"];
        if (!json || schema.empty())
            form = {{"type", json ? "object" : "string"}};
        else if (*route.report_schema == '\0')
            form = reference("schemas", schema);
        else // as the parameter names says
            form["anyOf"] = Json::array(
                {reference("schemas", schema), reference("schemas", route.report_schema)});
    }
    return {{"description", route.summary}, {"content", content}};
}

Json path_of(const Route& route) {
    Json get{{"summary", route.summary}, {"operationId", route.name}};
    if (Json list = parameters_of(route); !list.empty()) get["parameters"] = std::move(list);
    get["responses"] = {{"200", answer_of(route)},
                        {"304", {{"description", "what If-None-Match names has not changed"}}},
                        {"default", reference("responses", "Problem")}};
    return {{"get", std::move(get)}};
}

Json type_of(std::string type) {
    const std::size_t bar = type.find('|');
    if (bar == std::string::npos) return type;
    return Json::array({type.substr(0, bar), type.substr(bar + 1)});
}

Json object_of(const std::vector<MemberText>& members) {
    Json object{{"type", "object"}, {"required", Json::array()}, {"properties", Json::object()}};
    for (const MemberText& f : members) {
        object["required"].push_back(f.name);
        object["properties"][f.name] = {{"type", type_of(f.type)}, {"description", f.description}};
    }
    return object;
}

Json list_of(const char* name, const char* entry, bool cursor) {
    Json object = object_of({{"count", "integer", "all that were found, of which these are a part"},
                             {name, "array", "those of this page"}});
    object["properties"][name]["items"] = reference("schemas", entry);
    if (cursor)
        object["properties"]["next"] = {
            {"type", "string"},
            {"description", "for the parameter after: the next page; absent from the last"}};
    return object;
}

Json schemas() {
    Json all;
    for (const auto& objects : {sa_object_texts(), run_object_texts(), event_object_texts(),
                                tunnel_object_texts(), point_object_texts(), report_object_texts()})
        for (const ObjectText& object : objects)
            all[object.name] = object_of(object.members);
    all["FlowList"] = list_of("flows", "Flow", true);
    all["GapList"] = list_of("gaps", "Gap", true);
    all["GapList"]["required"].push_back("complete");
    all["GapList"]["properties"]["complete"] = {
        {"type", "boolean"},
        {"description", "false: there were more than could be kept, or be looked at"}};
    all["LateList"] = list_of("late", "Late", false);
    for (const char* more : {"late_count", "late_cut"})
        all["LateList"]["required"].push_back(more);
    all["LateList"]["properties"]["late_count"] = {
        {"type", Json::array({"integer", "null"})},
        {"description", "all there were; null where a span of time is asked for"}};
    all["LateList"]["properties"]["late_cut"] = {
        {"type", Json::array({"boolean", "null"})},
        {"description", "true: some are not listed, since only the first few of an SA in a second "
                        "are kept"}};
    all["Tunnel"]["properties"]["b"] = {{"type", "string"},
                                        {"description", "the other end; not of a channel"}};
    all["Tunnel"]["properties"]["name"] = {{"type", "string"},
                                           {"description", "as --names gave it, if it did"}};
    all["TunnelList"] = list_of("tunnels", "Tunnel", false);
    all["ReportFlow"]["required"] = Json::array({"id", "protocol", "received", "lost"});
    all["ReportFlowList"] = list_of("flows", "ReportFlow", true);
    all["ReportGapList"] = list_of("gaps", "ReportGap", true);
    all["ReportPointList"] = list_of("points", "ReportPoint", false);
    all["PointList"] = list_of("points", "Point", false);
    all["EventList"] = list_of("events", "Event", false);
    all["RunList"] = list_of("runs", "Run", false);
    const Json more = object_of(
        {{"lives", "integer", "rows of this SA in the run: it left the flow table and came back"},
         {"report", "object", "the same as an entry of flows in the report of 'analyze --json'"}});
    all["Span"] = object_of(
        {{"since", "string|null", "what the figures cover begins here; null: no run had packets"},
         {"until", "string|null", "and ends here"},
         {"runs", "array", "the runs that had packets then"},
         {"not_of_span", "array", "fields by the report's names that are those of whole runs"},
         {"complete", "boolean", "false: records were not stored, or have been removed"}});
    for (const char* with :
         {"FlowList", "TunnelList", "Summary", "ReportFlowList", "ReportSummary"})
        all[with]["properties"]["span"] = reference("schemas", "Span");
    all["FlowDetail"] = {{"allOf", Json::array({reference("schemas", "Flow"), more})}};
    all["Alive"] = object_of({{"status", "string", "ok"}});
    all["Health"] =
        object_of({{"status", "string", "ok"},
                   {"source", "string", "store: what is stored; live: the run under way"},
                   {"runs", "integer", "runs that are known"}});
    all["Problem"] = object_of({{"type", "string", "about:blank: the title says all"},
                                {"title", "string", "the phrase of the status"},
                                {"status", "integer", "that of the reply"},
                                {"detail", "string", "what is wrong, and what would be right"}});
    all["Problem"]["properties"]["parameter"] = {{"type", "string"},
                                                 {"description", "the one at fault"}};
    all["Problem"]["properties"]["instance"] = {{"type", "string"},
                                                {"description", "the path asked for"}};
    return all;
}

const Json& all_schemas() {
    static const Json all = schemas();
    return all;
}

std::string write_document() {
    Json doc{{"openapi", "3.1.0"},
             {"info",
              {{"title", "lacuna"},
               {"version", "1"},
               {"description",
                "Which packets of every secure association were lost, reordered, duplicated or "
                "replayed."},
               {"license", {{"name", "BSD-3-Clause"}, {"identifier", "BSD-3-Clause"}}}}}};
    for (const Route& route : routes())
        doc["paths"][route.path] = path_of(route);
    doc["components"]["schemas"] = all_schemas();
    doc["components"]["responses"]["Problem"] = {
        {"description", "a problem document (RFC 9457)"},
        {"content", {{"application/problem+json", {{"schema", reference("schemas", "Problem")}}}}}};
    doc["components"]["securitySchemes"]["bearer"] = {{"type", "http"}, {"scheme", "bearer"}};
    doc["security"] = Json::array({Json::object(), {{"bearer", Json::array()}}});
    return doc.dump(1);
}

} // namespace

std::vector<std::string> entry_members(const std::string& list) {
    std::vector<std::string> names;
    for (const auto& [name, member] : all_schemas().at(list).at("properties").items()) {
        if (!member.contains("items")) continue;
        const std::string entry = member["items"]["$ref"];
        const Json& object = all_schemas().at(entry.substr(entry.rfind('/') + 1));
        for (const auto& [known, type] : object.at("properties").items())
            names.push_back(known);
    }
    return names;
}

const std::string& openapi_document() {
    static const std::string document = write_document();
    return document;
}

} // namespace lacuna::api
