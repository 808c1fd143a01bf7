#include "capture/select/bpf_reader.hpp"

#include <array>
#include <pcap/pcap.h>

namespace lacuna::capture {
namespace {

constexpr std::size_t kLinks = static_cast<std::size_t>(wire::LinkType::count);

/// libpcap's number of a link type. Where lacuna tells several apart no more, the usual one.
int dlt_of(wire::LinkType link) {
    switch (link) {
    case wire::LinkType::ethernet:
        return DLT_EN10MB;
    case wire::LinkType::raw_ip:
        return DLT_RAW;
    case wire::LinkType::linux_sll:
        return DLT_LINUX_SLL;
    case wire::LinkType::linux_sll2:
        return DLT_LINUX_SLL2;
    case wire::LinkType::loopback:
        return DLT_NULL;
    case wire::LinkType::ppp:
        return DLT_PPP;
    case wire::LinkType::pppoe:
        return DLT_PPP_ETHER;
    case wire::LinkType::mpls:
        return DLT_MPLS;
    case wire::LinkType::cisco_hdlc:
        return DLT_C_HDLC;
    case wire::LinkType::nflog:
        return DLT_NFLOG;
    case wire::LinkType::enc:
        return DLT_ENC;
    case wire::LinkType::ipnet:
        return DLT_IPNET;
    case wire::LinkType::juniper_ethernet:
        return DLT_JUNIPER_ETHER;
    case wire::LinkType::switch_tag:
        return DLT_DSA_TAG_DSA;
    case wire::LinkType::switch_tag_before:
        return DLT_DSA_TAG_BRCM_PREPEND;
    default:
        return -1;
    }
}

/// A compiled expression.
class Program {
public:
    Program(const std::string& expression, wire::LinkType link) {
        const int dlt = dlt_of(link);
        if (dlt < 0) {
            wrong_ = "lacuna does not know this link type";
            return;
        }
        const std::unique_ptr<pcap_t, void (*)(pcap_t*)> dead(
            pcap_open_dead(dlt, static_cast<int>(kMaxCaptured)), pcap_close);
        good_ =
            dead
            && pcap_compile(dead.get(), &code_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
        if (!good_) wrong_ = dead ? pcap_geterr(dead.get()) : "no memory";
    }
    ~Program() {
        if (good_) pcap_freecode(&code_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// What the compiler says against it; empty: nothing.
    const std::string& wrong() const { return wrong_; }
    bool keeps(const wire::Frame& f) const {
        return good_ && bpf_filter(code_.bf_insns, f.data, f.wirelen, f.caplen) != 0;
    }

private:
    bpf_program code_{};
    bool good_ = false;
    std::string wrong_;
};

class BpfReader final : public Reader {
public:
    BpfReader(std::unique_ptr<Reader> inner, std::string expression, std::uint64_t& left_out)
        : inner_(std::move(inner)), expression_(std::move(expression)), left_out_(left_out) {
        info_ = inner_->info();
        follow();
    }

    Status compile_first() {
        const std::string& wrong = program(info_.link).wrong();
        if (wrong.empty()) return {};
        return Error{wrong, "--bpf " + expression_, "man 7 pcap-filter says what it may be", 2};
    }

    std::optional<TimeNs> first_time() override { return inner_->first_time(); }
    void expect(std::shared_ptr<const DropPlan> plan) override { inner_->expect(std::move(plan)); }
    void set_patience(std::chrono::milliseconds patience) override {
        inner_->set_patience(patience);
    }

protected:
    std::size_t take(wire::Frame* out, std::size_t max) override {
        for (;;) {
            const std::size_t n = inner_->next(out, max);
            follow();
            for (Drops lost; inner_->take_drops(lost);)
                tell(lost);
            std::size_t kept = 0;
            for (std::size_t i = 0; i < n; ++i)
                if (program(out[i].link).keeps(out[i])) out[kept++] = out[i];
            left_out_ += n - kept;
            if (n == 0) info_ = inner_->info(); // a pcapng may have described further interfaces
            if (kept != 0 || n == 0) return kept;
        }
    }

private:
    /// Of that link type; compiled when it is met first.
    Program& program(wire::LinkType link) {
        auto& slot = programs_[static_cast<std::size_t>(link) % kLinks];
        if (!slot) slot = std::make_unique<Program>(expression_, link);
        return *slot;
    }
    void follow() {
        end_ = inner_->end();
        position_ = inner_->position();
        dropped_ = inner_->dropped();
        dropped_unplaced_ = inner_->dropped_unplaced();
    }

    std::unique_ptr<Reader> inner_;
    std::string expression_;
    std::uint64_t& left_out_;
    std::array<std::unique_ptr<Program>, kLinks> programs_;
};

} // namespace

Result<std::unique_ptr<Reader>> select_frames(std::unique_ptr<Reader> inner,
                                              const std::string& expression,
                                              std::uint64_t& left_out) {
    auto reader = std::make_unique<BpfReader>(std::move(inner), expression, left_out);
    if (Status s = reader->compile_first(); !s) return s.error();
    return std::unique_ptr<Reader>(std::move(reader));
}

} // namespace lacuna::capture
