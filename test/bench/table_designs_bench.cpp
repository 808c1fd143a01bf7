// Ways to find the state of an association, side by side: the same keys, the same bursts of 64 in
// random order, the same 64 octets of state touched for each packet.
//
// bench-table-designs [SAS...]      prints comma-separated values
#include "flow/table/sa_table.hpp"
#include "observations.hpp"
#include "port/eal.hpp"

#include <absl/container/flat_hash_map.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <rte_hash.h>
#include <rte_malloc.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_map>

using namespace lacuna;

namespace {

constexpr std::size_t kBlock = 512; ///< bursts made beforehand
constexpr std::size_t kRounds = 5;

struct alignas(64) State {
    wire::SaKey key;
    std::uint64_t highest;
    std::uint64_t received;
    std::uint64_t rest[3];
};
static_assert(sizeof(State) == 64);

void touch(State& s, const wire::Observation& o) {
    s.highest = o.seq;
    ++s.received;
}

struct KeyHash {
    std::size_t operator()(const wire::SaKey& k) const {
        wire::SaIdentity id{};
        id.key = k;
        return wire::identity_hash(id, key);
    }
    inline static const wire::HashKey key = wire::HashKey::fixed(1);
};
struct KeyEqual {
    bool operator()(const wire::SaKey& a, const wire::SaKey& b) const {
        return wire::same_identity(a, b);
    }
};

/// lacuna's own: an index of eight octets over dense rows, two steps of prefetch.
struct Own {
    static constexpr const char* kName = "index over rows";
    flow::SaTable table;
    explicit Own(std::uint32_t sas) { table.reserve(sas, false); }
    void insert(const wire::Observation& o) { table.insert(o); }
    void burst(const wire::Observation* obs) {
        const flow::SaTable::Lookup lookup = table.lookup();
        flow::SaState* states[wire::kBurst];
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            lookup.prefetch(obs[i]);
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            states[i] = lookup.candidate(obs[i]);
        for (std::size_t i = 0; i < wire::kBurst; ++i) {
            // Two of many identities share 32 bits of hash.
            flow::Row row = table.row_of(states[i]);
            if (!table.holds(row, obs[i])) row = table.find(obs[i]);
            flow::SaState& s = table.at(row);
            s.highest = obs[i].seq;
            ++s.received;
        }
    }
};

/// Key and state in one line, open addressing at a load of at most 1/2: one step of prefetch.
struct OneLine {
    static constexpr const char* kName = "key and state in one line";
    std::uint64_t mask;
    Reserved memory;
    State* slots;
    explicit OneLine(std::uint32_t sas)
        : mask(std::bit_ceil(std::uint64_t{sas} * 2) - 1), memory((mask + 1) * sizeof(State)),
          slots(static_cast<State*>(memory.get())) {}
    State& find(const wire::Observation& o) {
        std::uint64_t i = o.hash & mask;
        while (slots[i].received != 0 && !wire::same_identity(slots[i].key, o.id.key))
            i = (i + 1) & mask;
        return slots[i];
    }
    void insert(const wire::Observation& o) {
        State& s = find(o);
        s.key = o.id.key;
        s.received = 1;
    }
    void burst(const wire::Observation* obs) {
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            __builtin_prefetch(slots + (obs[i].hash & mask), 1);
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            touch(find(obs[i]), obs[i]);
    }
};

/// DPDK's cuckoo table, bulk lookup.
struct RteHash {
    static constexpr const char* kName = "rte_hash bulk";
    rte_hash* table;
    Reserved memory;
    State* states;
    explicit RteHash(std::uint32_t sas) : memory(std::uint64_t{sas + 1} * sizeof(State)) {
        rte_hash_parameters p{};
        p.name = "bench";
        p.entries = sas + sas / 4 + 64; // it refuses the last ones
        p.key_len = sizeof(wire::SaKey);
        p.hash_func = [](const void* k, std::uint32_t, std::uint32_t) {
            return static_cast<std::uint32_t>(KeyHash()(*static_cast<const wire::SaKey*>(k)));
        };
        table = rte_hash_create(&p);
        if (table == nullptr) {
            std::fprintf(stderr, "rte_hash: no memory for %u entries\n", sas);
            std::exit(1);
        }
        states = static_cast<State*>(memory.get());
    }
    ~RteHash() { rte_hash_free(table); }
    std::uint64_t used = 0;
    void insert(const wire::Observation& o) {
        rte_hash_add_key_with_hash_data(table, &o.id.key, o.hash, states + used++);
    }
    void burst(const wire::Observation* obs) {
        const void* keys[wire::kBurst];
        std::uint32_t hashes[wire::kBurst];
        void* data[wire::kBurst];
        for (std::size_t i = 0; i < wire::kBurst; ++i) {
            keys[i] = &obs[i].id.key;
            hashes[i] = obs[i].hash;
        }
        std::uint64_t hits = 0;
        rte_hash_lookup_with_hash_bulk_data(table, keys, hashes, wire::kBurst, &hits, data);
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            __builtin_prefetch(data[i], 1);
        for (std::size_t i = 0; i < wire::kBurst; ++i) {
            if ((hits >> i & 1) == 0) std::abort();
            touch(*static_cast<State*>(data[i]), obs[i]);
        }
    }
};

/// A map of a library, states apart so that they can be fetched for a burst.
template <typename Map>
struct LibraryMap {
    Map map;
    Reserved memory;
    State* states;
    explicit LibraryMap(std::uint32_t sas) : memory(std::uint64_t{sas} * sizeof(State)) {
        map.reserve(sas);
        states = static_cast<State*>(memory.get());
    }
    void insert(const wire::Observation& o) {
        map.emplace(o.id.key, static_cast<std::uint32_t>(map.size()));
    }
    void burst(const wire::Observation* obs) {
        State* found[wire::kBurst];
        prefetch(obs);
        for (std::size_t i = 0; i < wire::kBurst; ++i) {
            found[i] = states + map.find(obs[i].id.key)->second;
            __builtin_prefetch(found[i], 1);
        }
        for (std::size_t i = 0; i < wire::kBurst; ++i)
            touch(*found[i], obs[i]);
    }
    void prefetch([[maybe_unused]] const wire::Observation* obs) {
        if constexpr (requires { map.prefetch(obs->id.key); })
            for (std::size_t i = 0; i < wire::kBurst; ++i)
                map.prefetch(obs[i].id.key);
    }
};
struct Absl : LibraryMap<absl::flat_hash_map<wire::SaKey, std::uint32_t, KeyHash, KeyEqual>> {
    static constexpr const char* kName = "absl::flat_hash_map";
    using LibraryMap::LibraryMap;
};
struct Standard : LibraryMap<std::unordered_map<wire::SaKey, std::uint32_t, KeyHash, KeyEqual>> {
    static constexpr const char* kName = "std::unordered_map";
    using LibraryMap::LibraryMap;
};

std::uint64_t resident() {
    std::uint64_t pages = 0;
    if (std::FILE* f = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(f, "%*u %lu", &pages) != 1) pages = 0;
        std::fclose(f);
    }
    return pages * 4096;
}

template <typename Design>
void measure_here(std::uint32_t sas) {
    bench::Traffic traffic(sas, true);
    const auto block = std::make_unique<wire::Observation[]>(kBlock * wire::kBurst);
    const std::uint64_t before = resident();
    Design design(sas);
    for (std::uint32_t sa = 0; sa < sas; ++sa)
        design.insert(bench::macsec_observation(sa, KeyHash::key));
    std::vector<double> ns;
    const std::size_t blocks = std::max<std::size_t>(4, 2'000'000 / (kBlock * wire::kBurst));
    for (std::size_t round = 0; round < kRounds; ++round) {
        std::chrono::nanoseconds spent{0};
        for (std::size_t b = 0; b < blocks; ++b) {
            for (std::size_t i = 0; i < kBlock; ++i)
                traffic.burst(&block[i * wire::kBurst]);
            const auto start = std::chrono::steady_clock::now();
            for (std::size_t i = 0; i < kBlock; ++i)
                design.burst(&block[i * wire::kBurst]);
            spent += std::chrono::steady_clock::now() - start;
        }
        ns.push_back(static_cast<double>(spent.count())
                     / static_cast<double>(blocks * kBlock * wire::kBurst));
    }
    const double octets = (static_cast<double>(resident()) - static_cast<double>(before)) / sas;
    std::sort(ns.begin(), ns.end());
    std::printf("%s,%u,%.1f,%.1f,%.1f,%.0f\n", Design::kName, sas, ns[0], ns[kRounds / 2],
                ns[kRounds - 1], octets);
    std::fflush(stdout);
}

/// In a process of its own, so that no design inherits memory another one has freed.
template <typename Design>
void measure(std::uint32_t sas) {
    const pid_t child = fork();
    if (child == 0) {
        measure_here<Design>(sas);
        std::_Exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        std::fprintf(stderr, "%s: failed\n", Design::kName);
        std::exit(1);
    }
}

} // namespace

int main(int argc, char** argv) {
    port::EalOptions options;
    options.lcores = 1;
    options.user = {"--no-huge", "--no-shconf", "-m", "4096"};
    const auto eal = port::Eal::start(options);
    if (!eal) {
        std::fprintf(stderr, "%s\n", eal.error().text().c_str());
        return 1;
    }
    std::vector<std::uint32_t> sizes;
    for (int i = 1; i < argc; ++i)
        sizes.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
    if (sizes.empty()) sizes = {1000, 10'000, 100'000, 1'000'000, 10'000'000};
    std::printf("design,sas,min_ns,median_ns,max_ns,octets_per_sa\n");
    std::fflush(stdout);
    for (const std::uint32_t sas : sizes) {
        measure<Own>(sas);
        measure<OneLine>(sas);
        measure<RteHash>(sas);
        measure<Absl>(sas);
        measure<Standard>(sas);
    }
}
