# shellcheck shell=bash
# What the scripts share; sourced, not run. Leaves the shell in the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One line about what is being done, told apart from the output of programs.
say() { printf '==> %s\n' "$*"; }
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Python of the distribution, which sees the distribution's modules, before any other in PATH.
python=/usr/bin/python3
[[ -x $python ]] || python=python3

# ensure_build DIR [meson setup option...]: configures DIR unless it is configured, whatever with.
ensure_build() {
    local dir=$1
    shift
    if [[ -f $dir/build.ninja ]]; then
        return
    fi
    say "configuring $dir: meson setup $*"
    mkdir -p "$dir"
    # A configuration that was broken off leaves directories meson stumbles over.
    rm -rf "$dir/meson-private" "$dir/meson-info"
    if ! meson setup "$dir" "$@" >"$dir/setup.log" 2>&1; then
        tail -n 25 "$dir/setup.log" >&2
        die "meson could not configure $dir (whole log: $dir/setup.log)"
    fi
}

# ensure_options DIR [meson option...]: configures DIR, or changes a configuration that lacks them.
ensure_options() {
    local dir=$1
    shift
    local stamp=$dir/options.stamp
    if [[ -f $dir/build.ninja && $(cat "$stamp" 2>/dev/null) == "$*" ]]; then
        return
    fi
    if [[ -f $dir/build.ninja ]]; then
        say "reconfiguring $dir: $*"
        meson configure "$dir" "$@" >"$dir/setup.log" || die "meson could not configure $dir"
    else
        ensure_build "$dir" "$@"
    fi
    printf '%s\n' "$*" >"$stamp"
}

# Options of a whole build: up to eight sources of a library are compiled as one, because each of them would
# read and instantiate the same templates. Who changes a few files again and again configures -Dunity=off.
# shellcheck disable=SC2034  # scripts that source this use it
unity=(-Dunity=on -Dunity_size=8)

# compile DIR [target...]: brings the targets (all, if none is named) up to date. Where names collide in sources
# that are compiled as one, they are compiled one by one.
compile() {
    local dir=$1
    shift
    say "building in $dir${*:+: $*}"
    local status=0
    ninja -C "$dir" ${LACUNA_JOBS:+-j "$LACUNA_JOBS"} "$@" || status=$?
    if ((status == 0)); then return; fi
    if ((status == 130)); then die "the build in $dir was interrupted"; fi
    say "that failed; trying file by file"
    meson configure "$dir" -Dunity=off
    rm -f "$dir/options.stamp"
    ninja -C "$dir" ${LACUNA_JOBS:+-j "$LACUNA_JOBS"} "$@" || die "the build in $dir failed"
}

# sources SUFFIX...: the project's own files with one of these suffixes.
sources() {
    local match=() suffix
    for suffix in "$@"; do
        match+=(-o -name "*$suffix")
    done
    find app lib pcapgen test -type f \( "${match[@]:1}" \) | sort
}
