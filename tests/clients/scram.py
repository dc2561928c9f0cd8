"""Gives a user a password for SCRAM with SHA-512, as an operator does.

    scram.py BROKERS REGISTRY USER PASSWORD
"""

import sys

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

brokers, _, user, password = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": brokers})
kind = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
given = UserScramCredentialUpsertion(user, kind, password.encode())
for done in admin.alter_user_scram_credentials([given]).values():
    done.result(20)
