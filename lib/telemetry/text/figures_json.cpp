#include "telemetry/text/figures_json.hpp"

namespace lacuna::telemetry {
namespace {

Json value_of(const Number& n) {
    return std::visit([](auto v) { return Json(v); }, n);
}

/// The object of the thing a sample is of, made on first sight.
Json& object_for(Json& things, const Figure& f, const Sample& s) {
    if (f.group->label_count() == 0) return things;
    for (Json& thing : things) {
        bool same = true;
        for (std::size_t i = 0; i < s.of.size(); ++i)
            same = same && thing[f.group->labels[i]] == s.of[i];
        if (same) return thing;
    }
    Json thing = Json::object();
    for (std::size_t i = 0; i < s.of.size(); ++i)
        thing[f.group->labels[i]] = s.of[i];
    things.push_back(std::move(thing));
    return things.back();
}

} // namespace

std::string clean_text(const std::string& text) {
    const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return Json::parse(quoted).get<std::string>();
}

Json group_json(const Snapshot& from, std::string_view group) {
    Json out;
    for (const Figure& f : figures()) {
        if (group != f.group->key) continue;
        if (out.is_null()) out = f.group->label_count() == 0 ? Json::object() : Json::array();
        Samples samples;
        f.read(from, samples);
        for (Sample s : samples.all()) {
            for (std::string& text : s.of)
                text = clean_text(text);
            Json& thing = object_for(out, f, s);
            if (f.kind == Kind::info) continue; // the labels say it all
            if (f.label == nullptr)
                thing[f.key] = value_of(s.value);
            else
                thing[f.key][clean_text(s.part)] = value_of(s.value);
        }
    }
    return out;
}

Json groups_json(const Snapshot& from, std::initializer_list<std::string_view> groups) {
    Json out = Json::object();
    for (const std::string_view group : groups)
        out[std::string(group)] = group_json(from, group);
    return out;
}

} // namespace lacuna::telemetry
