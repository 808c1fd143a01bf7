#include "query/export.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "cli/streams.hpp"
#include "report/json/flow_json.hpp"
#include "report/views.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::app {
namespace {

class Exporter {
public:
    Exporter(const store::StoreReader& store, store::RunId run, TimeSpan span, bool csv)
        : store_(store), run_(run), span_(span), csv_(csv) {}

    Status flows() {
        if (csv_) out_.text = report::csv_header();
        return store_.each_summary(run_, nullptr, [&](const flow::SaSummary& s) {
            if (s.last_time < span_.since || s.first_time >= span_.until) return true;
            if (csv_)
                report::append_csv(out_.text, s);
            else
                line([&s](JsonWriter& json) { report::write_flow(json, s, {}); });
            return end_record();
        });
    }

    Status timeline(store::Level level) {
        if (csv_) out_.text = kPointColumns;
        wire::SaIdentity last{};
        bool any = false;
        Status failed;
        const Status walked = store_.each_summary(run_, nullptr, [&](const flow::SaSummary& s) {
            if (any && s.id == last) return true; // another row of the same SA
            any = true;
            last = s.id;
            failed = store_.each_timeline(run_, s.id, level, span_.since, span_.until,
                                          [&](const store::Point& p) { return point(s.id, p); });
            return static_cast<bool>(failed) && out_.good();
        });
        return walked ? failed : walked;
    }

    Status events() {
        if (csv_) out_.text = kNotableColumns;
        return store_.each_notable(run_, span_.since, span_.until, [&](const flow::Event& e) {
            if (csv_)
                append_notable_csv(out_.text, e);
            else
                line([&e](JsonWriter& json) { report::write_event(json, e); });
            return end_record();
        });
    }

    Status gaps() {
        if (csv_) out_.text = report::kGapColumns;
        const auto walk = store_.each_gap(run_, nullptr, [&](const flow::Gap& g) {
            if (!span_.holds(g.time)) return true;
            if (csv_)
                report::append_gap_csv(out_.text, g);
            else
                line([&g](JsonWriter& json) { report::write_gap(json, g); });
            return end_record();
        });
        if (!walk) return walk.error();
        if (!walk->complete) remark(kIncompleteGaps);
        return {};
    }

    bool end() { return out_.end(); }

private:
    /// A document of its own.
    template <typename Write>
    void line(Write write) {
        JsonWriter json(out_.text);
        write(json);
    }
    bool end_record() {
        if (!csv_) out_.text += '\n';
        return out_.good();
    }
    bool point(const wire::SaIdentity& id, const store::Point& p) {
        if (csv_) {
            append_point_csv(out_.text, id, p);
        } else {
            line([&](JsonWriter& json) {
                json.begin_object();
                json.member("flow_id", wire::sa_text(id));
                json.key("point");
                write_point(json, p);
                json.end_object();
            });
        }
        return end_record();
    }

    const store::StoreReader& store_;
    const store::RunId run_;
    const TimeSpan span_;
    const bool csv_;
    Output out_;
};

} // namespace

std::optional<Export> export_from(const std::string& text) {
    if (text == "flows") return Export::flows;
    if (text == "timeline") return Export::timeline;
    if (text == "events") return Export::events;
    if (text == "gaps") return Export::gaps;
    return std::nullopt;
}

Status export_run(const store::StoreReader& store, store::RunId run, Export what,
                  store::Level level, TimeSpan span, Format format, bool& shown) {
    Exporter exporter(store, run, span, format == Format::csv);
    Status s;
    switch (what) {
    case Export::flows:
        s = exporter.flows();
        break;
    case Export::timeline:
        s = exporter.timeline(level);
        break;
    case Export::events:
        s = exporter.events();
        break;
    case Export::gaps:
        s = exporter.gaps();
        break;
    }
    shown = exporter.end();
    return s;
}

} // namespace lacuna::app
