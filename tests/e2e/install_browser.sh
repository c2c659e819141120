#!/bin/sh
# Sees to it that there is a Chromium for the browser tests (`make browser`).
# It installs Debian's, but only where that may be expected: as root, in CI (CI=true) or by request
# (TANTIEME_INSTALL_BROWSER=1). Without one the browser tests are skipped, so this never fails.
set -u

found() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    ls -d "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-* >/dev/null 2>&1
}

install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium
}

found && exit 0
if [ "${CI:-}" != true ] && [ "${TANTIEME_INSTALL_BROWSER:-}" != 1 ]; then
    echo "No Chromium: the browser tests will be skipped. As root on Debian," \
        "TANTIEME_INSTALL_BROWSER=1 make browser installs it."
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "No Chromium, which only root on Debian can install like this:" \
        "the browser tests will be skipped."
    exit 0
fi
echo "Installing Chromium for the browser tests ..."
log=$(mktemp)
install >"$log" 2>&1 ||
    { tail -5 "$log"; echo "Chromium cannot be installed: the browser tests will be skipped."; }
rm -f "$log"
exit 0
