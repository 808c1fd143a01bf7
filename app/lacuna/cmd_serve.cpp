// lacuna serve: what a store knows, over HTTP.
#include "api/backend/store_backend.hpp"
#include "api/http/server.hpp"
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/names_option.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "session/live_server.hpp"
#include "session/page.hpp"
#include "version.hpp"

#include <chrono>
#include <fmt/format.h>
#include <malloc.h>
#include <thread>

namespace lacuna::app {
namespace {

struct Serve {
    std::string db;
    std::string names_file;
    api::ServerOptions options;
    long long port = 9999;

    int run();
};

/// What one thread has freed another one shall use: with a heap for each of the threads that
/// answer, what is kept for later comes to several times what is in use.
void share_heaps() {
#ifdef M_ARENA_MAX
    constexpr int kHeaps = 2;
    mallopt(M_ARENA_MAX, kHeaps);
#endif
}

int Serve::run() {
    constexpr std::chrono::milliseconds kStep{50};
    if (port < 0 || port > 65535)
        return fail({fmt::format("--port {} is not from 0 to 65535", port), "",
                     "0 takes any that is free", 2});
    if (Status s = read_names(names_file); !s) return fail(s.error());
    options.port = static_cast<std::uint16_t>(port);
    options.page = page();
    share_heaps();
    const std::atomic<bool>& interrupted = watch_interrupts();
    auto backend = api::StoreBackend::open(db, LACUNA_VERSION);
    if (!backend) return fail(backend.error());
    auto server = api::Server::start(options, **backend);
    if (!server) return fail(server.error());
    announce(**server);
    while (!interrupted)
        std::this_thread::sleep_for(kStep);
    (*server)->stop();
    return 0;
}

} // namespace

void register_serve(CLI::App& app, int& status) {
    auto serve = std::make_shared<Serve>();
    CLI::App* command = app.add_subcommand("serve", "answer over HTTP what a store (--db) knows");
    command->add_option("--db", serve->db, "directory of the store")
        ->required()
        ->type_name("DIR")
        ->check(not_empty);
    command->add_option("--host", serve->options.host, "address to listen on")
        ->type_name("ADDR")
        ->capture_default_str()
        ->check(not_empty);
    command->add_option("--port", serve->port, "port to listen on; 0: any that is free")
        ->type_name("N")
        ->capture_default_str();
    add_names_option(*command, serve->names_file);
    add_access_options(*command, serve->options);
    command->callback([serve, &status] { status = serve->run(); });
}

} // namespace lacuna::app
