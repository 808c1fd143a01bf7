#include "xdp/steering.hpp"

#include "xdp/embedded.hpp"
#include "xdp/object_data.hpp"
#include "xdp/own_objects.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <linux/if_link.h>
#include <net/if.h>
#include <span>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace lacuna::xdp {

namespace {

#define LACUNA_QUOTED(x) #x
#define LACUNA_NAME(x) LACUNA_QUOTED(x)

Error failed(const std::string& interface, std::string what, int code, std::string hint = "") {
    return Error{std::move(what) + (code != 0 ? std::string(": ") + std::strerror(code) : ""),
                 interface, std::move(hint), 1};
}

std::string off_hint(const std::string& interface) {
    return "take it off with: ip link set dev "
           + interface + " xdp off; or choose another interface";
}

/// Options of a libbpf call with one of them set; libbpf's own macro for it is no C++. They end
/// with that field: libbpf refuses options (EINVAL) whose padding is not zero.
template <typename Options, typename Field, typename Value>
Options options(Field Options::*field, Value value) {
    Options o{};
    o.*field = static_cast<Field>(value);
    o.sz = static_cast<std::size_t>(reinterpret_cast<const char*>(&(o.*field) + 1)
                                    - reinterpret_cast<const char*>(&o));
    return o;
}

int object_file(Mode mode, const Wanted& wanted) {
    const auto plain = mode == Mode::beside ? steer_beside() : steer_take_all();
    std::vector<std::byte> object(plain.begin(), plain.end());
    if (!set_object_data(object, LACUNA_NAME(STEER_TABLE),
                         std::as_bytes(std::span(&wanted.table(), 1)))) {
        errno = ENOEXEC;
        return -1;
    }
    const int fd = memfd_create("lacuna-steer", MFD_CLOEXEC);
    if (fd < 0) return -1;
    if (write(fd, object.data(), object.size()) == static_cast<ssize_t>(object.size())) return fd;
    close(fd);
    return -1;
}

} // namespace

bool available() {
    return true;
}

Result<Attached> attached_to(const std::string& interface) {
    const auto index = static_cast<int>(if_nametoindex(interface.c_str()));
    if (index == 0) return Error{"no such interface", interface, "see: ip link", 2};
    bpf_xdp_query_opts query;
    std::memset(&query, 0, sizeof query); // its padding, too
    query.sz = sizeof query;
    if (const int r = bpf_xdp_query(index, 0, &query); r != 0)
        return failed(interface, "cannot be asked for its XDP program", -r);
    Attached now;
    now.id = query.prog_id;
    if (query.drv_prog_id != 0) {
        now.id = query.drv_prog_id;
        now.flags = XDP_FLAGS_DRV_MODE;
    } else if (query.skb_prog_id != 0) {
        now.id = query.skb_prog_id;
        now.flags = XDP_FLAGS_SKB_MODE;
    }
    const int fd = now.id == 0 ? -1 : bpf_prog_get_fd_by_id(now.id);
    if (fd < 0) return now;
    bpf_prog_info info{};
    __u32 size = sizeof info;
    if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0) now.name = info.name;
    now.ours = is_steering(fd);
    close(fd);
    return now;
}

Result<std::unique_ptr<Steering>> Steering::prepare(const std::string& interface, Mode mode,
                                                    const Wanted& wanted, Attach attach) {
    std::unique_ptr<Steering> s(new Steering());
    s->interface_ = interface;
    s->attach_ = attach;
    s->index_ = static_cast<int>(if_nametoindex(interface.c_str()));
    if (s->index_ == 0) return Error{"no such interface", interface, "see: ip link", 2};
    libbpf_set_print(nullptr); // its lines would bury the one that counts
    if (Status r = s->remove_stale(); !r) return r.error();
    s->file_ = object_file(mode, wanted);
    if (s->file_ < 0) return failed(interface, "no memory for the XDP program", errno);
    s->path_ = "/proc/self/fd/" + std::to_string(s->file_);
    return s;
}

Status Steering::remove_stale() {
    const auto now = attached_to(interface_);
    if (!now) return now.error();
    if (now->id == 0) return {};
    const std::string which = "XDP program " + std::to_string(now->id);
    const int fd = bpf_prog_get_fd_by_id(now->id);
    if (fd < 0) {
        return failed(interface_, which + " is attached, and cannot be looked at", errno,
                      "run with CAP_SYS_ADMIN once, or " + off_hint(interface_));
    }
    if (!now->ours) {
        close(fd);
        return Error{which + " (" + now->name + ") of someone else is attached", interface_,
                     off_hint(interface_), 1};
    }
    // Only a program that stayed behind can be taken off so; the link of a lacuna at work holds.
    const auto only_this = options<bpf_xdp_attach_opts>(&bpf_xdp_attach_opts::old_prog_fd, fd);
    const int r = bpf_xdp_detach(index_, now->flags | XDP_FLAGS_REPLACE, &only_this);
    close(fd);
    if (r == -EBUSY)
        return Error{"another lacuna is at work on it", interface_, "stop that one first", 1};
    if (r != 0) return failed(interface_, which + ", left behind, cannot be taken off", -r);
    removed_stale_ = true;
    return {};
}

Status Steering::adopt() {
    const auto now = attached_to(interface_);
    if (!now) return now.error();
    program_ = now->id == 0 ? -1 : own_program(now->id);
    if (program_ < 0 || !is_steering(program_))
        return failed(interface_, "the AF_XDP driver did not attach the steering program", 0);
    flags_ = now->flags;
    counters_ = own_map(program_, LACUNA_NAME(STEER_VERDICTS));
    if (counters_ < 0) return failed(interface_, "the steering program has no counters", 0);
    if (attach_ == Attach::native && now->flags != XDP_FLAGS_DRV_MODE)
        return failed(interface_, "its driver has no native XDP", 0, "use generic or automatic");

    const std::uint32_t wanted = attach_ == Attach::generic ? XDP_FLAGS_SKB_MODE : now->flags;
    // A program attached by the driver would outlive this process if that were killed; one held by
    // a link cannot. There is no way to turn one into the other without taking it off.
    if (const int r = bpf_xdp_detach(index_, now->flags, nullptr); r != 0)
        return failed(interface_, "the steering program cannot be moved", -r);
    flags_ = wanted;
    const auto how = options<bpf_link_create_opts>(&bpf_link_create_opts::flags, wanted);
    link_ = bpf_link_create(program_, index_, BPF_XDP, &how);
    if (link_ < 0) { // kernels before 5.9
        if (const int r = bpf_xdp_attach(index_, program_, wanted, nullptr); r != 0)
            return failed(interface_, "the steering program cannot be attached", -r);
    }
    attached_as_ = wanted == XDP_FLAGS_SKB_MODE ? "generic" : "native";
    return {};
}

void Steering::detach() {
    if (link_ >= 0) {
        // Closing alone would do, but only once the last copy of the descriptor is gone.
        bpf_link_detach(link_);
        close(link_);
        link_ = -1;
    } else if (program_ >= 0) {
        const auto only_this =
            options<bpf_xdp_attach_opts>(&bpf_xdp_attach_opts::old_prog_fd, program_);
        bpf_xdp_detach(index_, flags_ | XDP_FLAGS_REPLACE, &only_this);
    }
    flags_ = 0;
}

Verdicts Steering::verdicts() const {
    Verdicts sum{};
    const int cpus = libbpf_num_possible_cpus();
    if (counters_ < 0 || cpus <= 0) return sum;
    std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(cpus));
    for (std::uint32_t v = 0; v < sum.size(); ++v) {
        if (bpf_map_lookup_elem(counters_, &v, per_cpu.data()) != 0) continue;
        for (const std::uint64_t n : per_cpu)
            sum[v] += n;
    }
    return sum;
}

Steering::~Steering() {
    detach();
    for (const int fd : {counters_, program_, file_})
        if (fd >= 0) close(fd);
}

} // namespace lacuna::xdp
