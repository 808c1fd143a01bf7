"""A real clickhouse-server on loopback, for tests: started, asked, killed, started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

SERVER = shutil.which("clickhouse-server") or "/usr/sbin/clickhouse-server"

CONFIG = """<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><log>{0}/server.log</log><errorlog>{0}/error.log</errorlog></logger>
  <http_port>{1}</http_port><tcp_port>{2}</tcp_port>
  <listen_host>127.0.0.1</listen_host>
  <path>{0}/data/</path><tmp_path>{0}/tmp/</tmp_path><user_files_path>{0}/user_files/</user_files_path>
  <format_schema_path>{0}/format_schemas/</format_schema_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile>
  <default_database>default</default_database><timezone>Asia/Kathmandu</timezone>
  <mark_cache_size>67108864</mark_cache_size><max_concurrent_queries>50</max_concurrent_queries>
</yandex>
"""

# A shipper may write but not change tables; a viewer may only read.
USERS = """<?xml version="1.0"?>
<yandex>
  <profiles><default><log_queries>0</log_queries></default><ro><readonly>1</readonly></ro></profiles>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota></default>
    <shipper><password>se cret</password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
      <allow_databases><database>lacuna</database></allow_databases></shipper>
    <viewer><password>look</password><networks><ip>127.0.0.1</ip></networks>
      <profile>ro</profile><quota>default</quota></viewer>
  </users>
  <quotas><default></default></quotas>
</yandex>
"""


def available():
    return os.access(SERVER, os.X_OK)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Engine:
    """One server; its time zone is an odd one on purpose."""

    def __init__(self, folder):
        self.folder = folder
        self.port, tcp = free_ports(2)
        for name in ("data", "tmp", "user_files", "format_schemas"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        for name, text in (("config.xml", CONFIG.format(folder, self.port, tcp)), ("users.xml", USERS)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.process = None

    def url(self, user=""):
        return f"clickhouse://{user + '@' if user else ''}127.0.0.1:{self.port}/lacuna"

    def start(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [SERVER, f"--config-file={self.folder}/config.xml"], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.ask("SELECT 1")
                return
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    raise RuntimeError("clickhouse-server does not start") from None
                time.sleep(0.05)
        raise RuntimeError("clickhouse-server does not answer")

    def kill(self, number=signal.SIGKILL):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()
        self.process = None

    def ask(self, sql):
        """Rows as lists of text."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/?wait_end_of_query=1",
                                         data=sql.encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as reply:
                text = reply.read().decode()
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:600] + "\n" + sql[:300]) from None
        return [line.split("\t") for line in text.splitlines()]

    def one(self, sql):
        return self.ask(sql)[0][0]
