#include "api/http/server.hpp"

#include "api/http/connections.hpp"
#include "api/service.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/resource.h>
#include <utility>

namespace lacuna::api {
namespace {

constexpr std::size_t kStreams = 16;
constexpr int kBacklog = 511;

/// Descriptors the rest of the program keeps for itself.
constexpr std::size_t kOtherFiles = 512;

/// The limit on open files goes up as far as it may; places for clients are what then remains.
std::size_t places() {
    const Connections::Limits usual;
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return usual.places / 4;
    const rlim_t wanted = 4 * (usual.places + kOtherFiles);
    if (files.rlim_cur < wanted) {
        files.rlim_cur = std::min(wanted, files.rlim_max);
        setrlimit(RLIMIT_NOFILE, &files);
    }
    const std::size_t left = files.rlim_cur > kOtherFiles ? files.rlim_cur - kOtherFiles : 0;
    return std::clamp<std::size_t>(left / 2, 16, usual.places);
}

/// cpp-httplib, with what it leaves open to its heirs: what becomes of an accepted socket.
class Http final : public httplib::Server {
public:
    Http(Backend& backend, std::string token) : service_(backend, std::move(token)) {
        // One more server on the same port is a mistake, not a wish.
        set_socket_options([](int socket) {
            const int on = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        });
        set_tcp_nodelay(true);
        new_task_queue = [] { return new AtOnce; };
        set_pre_routing_handler([this](const httplib::Request& q, httplib::Response& r) {
            answer(q, r);
            return HandlerResponse::Handled;
        });
        set_post_routing_handler([](const httplib::Request&, httplib::Response& r) {
            r.headers.erase("Keep-Alive"); // what it would promise is not its to give
            r.headers.erase("Accept-Ranges");
        });
        Connections::Limits limits;
        limits.places = places();
        limits.workers += kStreams;
        connections_ =
            std::make_unique<Connections>(limits, [this](Connection& c) { return serve(c); });
    }

    void deepen_backlog() { ::listen(svr_sock_, kBacklog); }
    void end_streams() { stopping_ = true; }
    /// After listening has ended.
    void end_connections() { connections_.reset(); }

private:
    /// cpp-httplib's accepting thread only hands sockets on.
    struct AtOnce final : httplib::TaskQueue {
        /// Since 0.15 it is asked whether it took the task.
        using Taken = decltype(std::declval<TaskQueue&>().enqueue(std::function<void()>()));
        Taken enqueue(std::function<void()> hand_on) override {
            hand_on();
            return Taken(true);
        }
        void shutdown() override {}
    };

    bool process_and_close_socket(int socket) override {
        connections_->adopt(socket);
        return true;
    }

    bool serve(Connection& c) {
        at_work_ = &c;
        bool last = false;
        const auto set_up = [](httplib::Request& request) {
            // Of the codings it knows, brotli costs too much at every request.
            const std::string wanted = request.get_header_value("Accept-Encoding");
            request.headers.erase("Accept-Encoding");
            if (accepts_gzip(wanted)) request.set_header("Accept-Encoding", "gzip");
        };
        // Since 0.18 the addresses are told by whoever has the connection.
        const auto process = [&](auto& stream) {
            if constexpr (requires { this->process_request(stream, false, last, set_up); }) {
                return this->process_request(stream, false, last, set_up);
            } else {
                std::string ip;
                int port = 0;
                stream.get_remote_ip_and_port(ip, port);
                return this->process_request(stream, ip, port, "", 0, false, last, set_up);
            }
        };
        const bool good = process(c);
        at_work_ = nullptr;
        return good && !last;
    }

    static bool accepts_gzip(std::string_view field) {
        const std::size_t at = field.find("gzip");
        if (at == std::string_view::npos) return false;
        const std::string_view rest = field.substr(at + 4, field.substr(at + 4).find(','));
        const std::size_t q = rest.find("q=0");
        return q == std::string_view::npos
               || rest.find_first_of("123456789", q) != std::string_view::npos;
    }

    void answer(const httplib::Request& q, httplib::Response& r) {
        Request request{q.method,
                        q.target,
                        q.get_header_value("Accept"),
                        q.get_header_value("If-None-Match"),
                        q.get_header_value("Authorization"),
                        q.get_header_value("Last-Event-ID"),
                        q.get_header_value("Host")};
        Reply reply = service_.answer(request);
        if (reply.stream && streams_.load() >= kStreams)
            reply = problem_reply({503, "too many streams at once", ""}, "");
        r.status = reply.status;
        for (auto& [name, value] : reply.fields)
            r.set_header(name, value);
        r.set_header("X-Content-Type-Options", "nosniff");
        r.set_header("Vary", "Accept, Accept-Encoding");
        if (reply.stream)
            start_stream(reply, r);
        else if (reply.status != 304)
            r.set_content(std::move(reply.body), reply.type);
    }

    void start_stream(const Reply& reply, httplib::Response& r) {
        ++streams_;
        // Goes with the reply, whatever becomes of it.
        const std::shared_ptr<void> counted(nullptr, [this](void*) { --streams_; });
        r.set_header("Connection", "close");
        at_work_->stream_on(stopping_);
        r.set_content_provider(reply.type, [this, counted, run = reply.stream,
                                            c = at_work_](std::size_t, httplib::DataSink& sink) {
            run([&](std::string_view piece) {
                if (!piece.empty() && !sink.write(piece.data(), piece.size())) return false;
                return !stopping_ && !c->gone();
            });
            sink.done();
            return true;
        });
    }

    Service service_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> streams_{0};
    std::unique_ptr<Connections> connections_;
    /// The connection this thread answers: cpp-httplib does not tell its handlers.
    static thread_local Connection* at_work_;
};

thread_local Connection* Http::at_work_ = nullptr;

Error bind_error(const ServerOptions& options, int number) {
    const std::string where = fmt::format("{}:{}", options.host, options.port);
    switch (number) {
    case EADDRINUSE:
        return {"the port is in use", where, "choose another, or 0 for any that is free", 1};
    case EACCES:
        return {"only root may listen there", where, "choose a port above 1023", 2};
    case EADDRNOTAVAIL:
        return {"this host does not have the address", where, "", 2};
    case 0:
        return {"not an address", where, "127.0.0.1 is the usual one", 2};
    default:
        return {std::strerror(number), where, "", 2};
    }
}

} // namespace

struct Server::Impl {
    ServerOptions options;
    Http http;
    std::atomic<bool> ended{false}; ///< no more connections are accepted
    std::thread acceptor;

    Impl(const ServerOptions& o, Backend& backend, std::string token)
        : options(o), http(backend, std::move(token)) {}
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
    stop();
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Backend& backend) {
    if (Status s = check(options); !s) return s.error();
    std::string token;
    if (!options.token_file.empty()) {
        auto read = read_token(options.token_file);
        if (!read) return read.error();
        token = std::move(*read);
    }
    auto impl = std::make_unique<Impl>(options, backend, std::move(token));
    errno = 0;
    const int port = options.port == 0 ? impl->http.bind_to_any_port(options.host)
                     : impl->http.bind_to_port(options.host, options.port) ? options.port
                                                                           : -1;
    if (port < 0) return bind_error(options, errno);
    impl->options.port = static_cast<std::uint16_t>(port);
    impl->http.deepen_backlog();
    impl->acceptor = std::thread([i = impl.get()] {
        i->http.listen_after_bind();
        i->ended = true;
    });
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::stop() {
    if (!impl_->acceptor.joinable()) return;
    impl_->http.end_streams();
    while (!impl_->http.is_running() && !impl_->ended) // it may only be about to listen
        std::this_thread::yield();
    impl_->http.stop();
    impl_->acceptor.join();
    impl_->http.end_connections();
}

std::uint16_t Server::port() const {
    return impl_->options.port;
}

std::string Server::url() const {
    const std::string& host = impl_->options.host;
    return fmt::format("http://{}:{}",
                       host.find(':') == std::string::npos ? host : "[" + host + "]",
                       impl_->options.port);
}

} // namespace lacuna::api
