#!/usr/bin/env bash
# Makes what is made, from the API's description and the asynchronous client:
#   tantieme_client/_generated     models and operations, by openapi-python-client
#   tantieme_client/{operations,models}.py    their public names
#   tantieme_client/_sync          the asynchronous client without `async` and `await`
# The generator's dependencies clash with the project's, so it gets an environment of its own:
# GENERATOR_VENV, or var/generator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../.. && pwd)
venv=${GENERATOR_VENV:-$root/var/generator}
description=$root/tests/api/openapi.yaml
package=$PWD/tantieme_client
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! cmp -s generator/requirements.txt "$venv/requirements.txt"; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r generator/requirements.txt
    cp generator/requirements.txt "$venv/requirements.txt"
fi

# It is read once: the hash below is that of what was read.
cp "$description" "$work/openapi.yaml"
"$venv/bin/python" generator/prepare.py "$work/openapi.yaml" > "$work/openapi.json"
echo 'post_hooks: []' > "$work/config.yaml"
"$venv/bin/openapi-python-client" generate --path "$work/openapi.json" --meta none \
    --config "$work/config.yaml" --custom-template-path generator/templates \
    --output-path "$work/core" --fail-on-warning
# The generator's own client; ours is hand-made.
rm "$work/core/client.py" "$work/core/errors.py"
echo '"""Made by generate.sh from the API'"'"'s description. Do not edit."""' > "$work/core/__init__.py"
rm -rf "$package/_generated"
cp -r "$work/core" "$package/_generated"

{
    echo '"""All operations of the API, by their names there. Made by generate.sh; do not edit."""'
    echo
    (cd "$work/core/api" && find . -name '[a-z]*.py' | sort -t/ -k3 |
        sed -E 's|\./(.*)/(.*)\.py|from tantieme_client._generated.api.\1.\2 import \2 as \2|')
} > "$package/operations.py"
{
    echo '"""What the API takes and answers. Made by generate.sh; do not edit."""'
    echo
    sed -nE 's/^from \.([a-z_0-9]+) import ([A-Za-z0-9]+)$/from tantieme_client._generated.models.\1 import \2 as \2/p' \
        "$work/core/models/__init__.py"
} > "$package/models.py"

"$venv/bin/python" generator/make_sync.py "$package"
made=(tantieme_client/_sync tantieme_client/_generated tantieme_client/operations.py tantieme_client/models.py)
"$venv/bin/ruff" format --quiet --isolated --line-length 100 "${made[@]}"
"$venv/bin/ruff" check --quiet --isolated --line-length 100 --select I,F401 --fix \
    --config 'lint.isort.known-first-party=["tantieme_client"]' tantieme_client/_sync

# What all of this came from; a test compares.
{
    echo "$(sha256sum < "$work/openapi.yaml" | cut -d' ' -f1)  tests/api/openapi.yaml"
    (cd "$root" && find clients/python/tantieme_client/_async clients/python/generator -type f \
        -name '*.[pjt]*' -not -path '*/__pycache__/*' | sort | xargs sha256sum)
} > "$package/_generated/SOURCES"
