#include "pcapgen/generator.hpp"

#include "pcapgen/frames/layers.hpp"

#include <fmt/format.h>
#include <new>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint32_t kIcvLengths[] = {16, 12, 8}; // RFC 4106 6

} // namespace

Result<std::unique_ptr<Generator>> Generator::create(const Traffic& traffic) {
    try {
        return std::unique_ptr<Generator>(new Generator(traffic));
    } catch (const std::bad_alloc&) {
        return Error{"not enough memory for so many flows", "--flows", "ask for fewer", 1};
    }
}

Generator::Generator(const Traffic& traffic)
    : traffic_(traffic), budget_(traffic.packets), clock_(traffic.pps),
      pick_rng_(traffic.seed, 0x7069636B), body_rng_(traffic.seed, 0x626F6479),
      noise_(traffic.seed) {
    prepare_kinds();
    prepare_flows();
}

void Generator::prepare_kinds() {
    // A longer ICV is no reason to miss the one size asked for.
    const Sizes& sizes = traffic_.sizes;
    for (const std::uint32_t icv : kIcvLengths) {
        icv_ = icv;
        const FrameKind& plainest = kIpsec.kinds.front();
        if (!sizes.fixed() || plainest.smallest(0, icv) <= sizes.range.min) break;
    }
    for (const Family* family : families())
        for (const FrameKind& k : family->kinds)
            kinds_.push_back({&k, {k.smallest(0, icv_), k.smallest(1, icv_), k.smallest(2, icv_)}});
    counts_.resize(kinds_.size());
}

void Generator::prepare_flows() {
    std::uint32_t total = 0;
    for (const FamilyShare& share : traffic_.shares) {
        const bool rotates = share.family == &kMacsec && traffic_.rekey_every != 0;
        const std::uint32_t each = rotates ? kAns : 1;
        groups_.push_back({share.family, share.upto, total, share.flows, each});
        total += share.flows * each;
        if (rotates)
            channels_.emplace(total - share.flows * each, share.flows, traffic_.rekey_every,
                              traffic_.rekey_stragglers, traffic_.seed, events_);
    }
    sas_.resize(total);
    headers_.resize(total);
    if (traffic_.impairments.special() || channels_) rare_.resize(total);
    if (!traffic_.impairments.skews.empty()) paths_.resize(total);
    sender_.emplace(traffic_.impairments, traffic_.seed, budget_, events_, rare_, paths_);

    for (const Group& g : groups_)
        for (std::uint32_t i = 0; i < g.flows * g.sas_per_flow; ++i) {
            const std::uint32_t sa = g.first + i;
            const FlowPlan p = plan(sa);
            std::size_t kind = 0;
            while (kinds_[kind].kind != p.kind)
                ++kind;
            sas_[sa].kind = static_cast<std::uint8_t>(kind);
            sas_[sa].tags = static_cast<std::uint8_t>(p.tags);
            sas_[sa].first = sas_[sa].next = g.family->secured ? traffic_.first_seq : 1;
            p.kind->header(p, headers_[sa].octets);
            if (!g.family->secured) continue;
            if (g.sas_per_flow > 1 && Channels::first_an(i / kAns) != i % kAns) continue;
            // Every SA appears: its first frame is owed from the start.
            sas_[sa].owed = 1;
            budget_.owe(1);
        }
}

const Generator::Group& Generator::group_of(std::uint32_t sa) const {
    std::size_t g = groups_.size() - 1;
    while (sa < groups_[g].first)
        --g;
    return groups_[g];
}

const Family& Generator::family_of(std::uint32_t sa) const {
    return *group_of(sa).family;
}

const WrapperChain* Generator::chain_of(std::uint32_t sa) const {
    if (traffic_.inside.empty() || !family_of(sa).secured) return nullptr;
    return &traffic_.inside[sa % traffic_.inside.size()];
}

const char* Generator::inside(std::uint32_t sa) const {
    const WrapperChain* chain = chain_of(sa);
    return chain != nullptr ? inside_name(*chain, kind(sas_[sa].kind).cls) : "";
}

FlowPlan Generator::plan(std::uint32_t sa) const {
    const Group& g = group_of(sa);
    return g.family->plan(traffic_.rules, sa - g.first);
}

void Generator::run(PcapWriter& writer, Way* way) {
    way_ = way;
    // Picks are made ahead of their use, so that the state of large tables is fetched meanwhile.
    std::array<Pick, kAhead> ahead{};
    for (Pick& p : ahead)
        p = pick();
    const std::uint64_t flood_from = traffic_.packets - traffic_.packets / 10;
    for (std::size_t at = 0; budget_.left() != 0 && !writer.failed(); at = (at + 1) % kAhead) {
        if (budget_.must_settle()) return settle(writer);
        if (traffic_.flood != 0 && budget_.left() <= flood_from
            && pick_rng_.happens(traffic_.flood)) {
            flood(writer);
            continue;
        }
        const Pick now = ahead[at];
        ahead[at] = pick();
        send(now, writer);
    }
}

Generator::Pick Generator::pick() {
    const std::uint64_t draw = pick_rng_.next();
    const auto low = static_cast<std::uint32_t>(draw);
    std::uint32_t g = 0;
    while (low >= groups_[g].upto)
        ++g;
    std::uint64_t place = draw >> 32;
    // The product of two even numbers piles up near zero: the first SAs send most.
    if (traffic_.skewed) place = (place * pick_rng_.next32()) >> 32;
    const auto flow = static_cast<std::uint32_t>((place * groups_[g].flows) >> 32);
    const std::uint32_t sa = groups_[g].first + flow * groups_[g].sas_per_flow;
    __builtin_prefetch(&sas_[sa], 1);
    __builtin_prefetch(&headers_[sa]);
    __builtin_prefetch(headers_[sa].octets + kCacheLine);
    return {g, flow};
}

void Generator::send(const Pick& pick, PcapWriter& writer) {
    const Group& g = groups_[pick.group];
    const std::uint64_t random = body_rng_.next();
    const auto draw = static_cast<std::uint32_t>(random);
    std::uint32_t sa = g.first + pick.flow;
    std::uint64_t number;
    events_.now = clock_.now();
    if (!g.family->secured) {
        ++sas_[sa].received;
        number = sas_[sa].next++;
    } else if (g.sas_per_flow > 1) {
        number = channels_->next(*sender_, sas_, pick.flow, draw, sa);
    } else {
        number = sender_->next(sas_[sa], sa, draw);
    }
    write(sa, number, static_cast<std::uint32_t>(random >> 32), writer);
}

void Generator::settle(PcapWriter& writer) {
    for (std::uint32_t sa = 0; sa < sas_.size(); ++sa)
        while (sender_->owed(sas_[sa], sa) != 0 && !writer.failed()) {
            const std::uint64_t random = body_rng_.next();
            events_.now = clock_.now();
            const std::uint64_t number =
                sender_->next(sas_[sa], sa, static_cast<std::uint32_t>(random));
            write(sa, number, static_cast<std::uint32_t>(random >> 32), writer);
        }
}

std::uint32_t Generator::wanted_size(std::uint32_t random) const {
    const std::uint32_t draw = random & 0xFFFF;
    if (!traffic_.sizes.imix) {
        const Range r = traffic_.sizes.range;
        return r.min + ((draw * (r.max - r.min + 1)) >> 16);
    }
    const std::uint32_t twelfth = (draw * 12) >> 16;
    return twelfth < 7 ? 64 : twelfth < 11 ? 594 : 1514;
}

std::uint32_t Generator::build(const Header& header, std::size_t kind, unsigned tags, FrameJob& job,
                               std::uint32_t random, const WrapperChain* chain,
                               PcapWriter& writer) {
    const std::uint32_t offset = random >> 21; // below Noise::kOffsets
    const std::uint32_t smallest = kinds_[kind].smallest[tags];
    job.header = header.octets;
    job.network = network_offset(tags);
    job.icv = icv_;
    job.size = wanted_size(random);
    job.exact = traffic_.sizes.fixed();
    job.octets = noise_.octets(offset);
    job.text = noise_.text(offset);
    KindCount& count = counts_[kind];
    if (job.size < smallest) {
        job.size = smallest;
        ++count.raised;
    }
    std::uint32_t length = kinds_[kind].kind->build(job, writer.frame());
    if (chain != nullptr) {
        Wrapping wrapping{writer.frame(), length};
        wrap(*chain, wrapping, kinds_[kind].kind->cls);
        length = wrapping.length;
    }
    if (way_ != nullptr) way_->sent({writer.frame(), length}, clock_.now(), sa_, number_);
    writer.commit(length, clock_);
    clock_.advance();
    budget_.spend();
    ++count.frames;
    count.bytes += length;
    return length;
}

void Generator::write(std::uint32_t sa, std::uint64_t number, std::uint32_t random,
                      PcapWriter& writer) {
    SaState& s = sas_[sa];
    sa_ = family_of(sa).secured ? sa : Way::kNoSa;
    number_ = number;
    FrameJob job{};
    job.number = static_cast<std::uint32_t>(number);
    job.packets = s.received - 1;
    job.bytes = s.bytes;
    s.bytes += build(headers_[sa], s.kind, s.tags, job, random, chain_of(sa), writer);
}

void Generator::flood(PcapWriter& writer) {
    std::uint64_t established = 0;
    for (const Group& g : groups_)
        if (g.family == &kIpsec) established = g.flows;
    const FlowPlan p = plan_flood(traffic_.rules, established + flooded_);
    Header header{};
    p.kind->header(p, header.octets);
    std::size_t kind = 0;
    while (kinds_[kind].kind != p.kind)
        ++kind;
    sa_ = Way::kNoSa;
    FrameJob job{};
    job.number = 1;
    const auto random = static_cast<std::uint32_t>(body_rng_.next() >> 32);
    flood_bytes_ += build(header, kind, p.tags, job, random, nullptr, writer);
    ++flooded_;
}

} // namespace lacuna::pcapgen
