// The objects replies are made of, and what each of their members means.
#pragma once

#include "api/backend/backend.hpp"
#include "api/objects/fields.hpp"

namespace lacuna::api {

void append_flow(std::string& out, const FlowRow& row);
/// The members of append_flow() alone, for an object that has more.
void append_flow_members(std::string& out, const FlowRow& row);
void append_gap(std::string& out, const report::Gap& gap);
/// The run as a whole, with its figures.
void append_summary(std::string& out, const store::RunRecord& run);
void append_point(std::string& out, const store::Point& point);
void append_event(std::string& out, const flow::Event& event);
/// "restart", "rekey", ...
const char* event_kind(const flow::Event& event);
/// The run as one of many.
void append_run(std::string& out, const store::RunRecord& run);

/// The fields of an object, under the name the description of the interface gives it.
struct ObjectText {
    const char* name;
    std::vector<FieldText> fields;
};
std::vector<ObjectText> sa_object_texts();
std::vector<ObjectText> run_object_texts();
std::vector<ObjectText> event_object_texts();

} // namespace lacuna::api
