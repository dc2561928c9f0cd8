# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# What other people's clients of our topics are written with (tests/clients): Python packages, beside the system's own.
clients_name=python-$(sha256sum "$here/../clients/requirements.txt" | cut -c 1-12)

clients_fetch() {
    fetch_once "$clients_name" python3 -m pip install --quiet --disable-pip-version-check --no-input \
        --target . --requirement "$here/../clients/requirements.txt"
}

clients_env() { echo "MEDIAMESH_TEST_PYTHONPATH=$files/$clients_name"; }
