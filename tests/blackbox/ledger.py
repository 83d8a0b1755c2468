"""The ledger's hashes, made anew from the words in which their format is published, with nothing of Assent's code.

    leaf      = SHA-256(salt ‖ canonical record)
    chain 0   = SHA-256("assent ledger v1\\n" ‖ the tenant's id)
    chain n   = SHA-256(chain n−1 ‖ n, unsigned 64 bits big-endian ‖ leaf n)
"""

from base64 import b64decode, b64encode
from hashlib import sha256


def leaf(salt, canonical):
    return sha256(salt + canonical).digest()


def genesis(tenant):
    return sha256(b"assent ledger v1\n" + tenant.encode()).digest()


def extend(chain, position, sealed):
    return sha256(chain + position.to_bytes(8, "big") + sealed).digest()


def walk(tenant, records):
    """Leaf and chain of each record of a whole ledger, given in the order of their positions."""
    chain = genesis(tenant)
    told = []
    for position, record in enumerate(records, start=1):
        sealed = leaf(b64decode(record["salt"]), b64decode(record["canonical"]))
        chain = extend(chain, position, sealed)
        told.append({"leaf": b64encode(sealed).decode(), "chain": b64encode(chain).decode()})
    return told


def vector(text):
    """The published test vector, written anew from its record, its tenant and its salts alone."""
    given = [line.split(" ") for line in text.splitlines()]
    (canonical,) = (bytes.fromhex(line[1]) for line in given if line[0] == "canonical")
    (tenant,) = (line[1] for line in given if line[0] == "tenant")
    chain = genesis(tenant)
    lines = [f"canonical {canonical.hex()}", f"tenant {tenant}", f"chain 0 {chain.hex()}"]
    salts = (bytes.fromhex(line[1]) for line in given if line[0] == "salt")
    for position, salt in enumerate(salts, start=1):
        sealed = leaf(salt, canonical)
        chain = extend(chain, position, sealed)
        lines += [f"salt {salt.hex()}", f"leaf {sealed.hex()}", f"chain {position} {chain.hex()}"]
    return "\n".join(lines) + "\n"
