"""Signs a user in as the admin page does: by SRP, in which the password never leaves this process.

The protocol is Cognito's variant of SRP-6a: the group of RFC 3526 with 3,072 bits, SHA-256, and a key derived by HKDF.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tools.local.stack import SignIn, Stack

# https://www.rfc-editor.org/rfc/rfc3526#section-4
PRIME_HEX = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"
)
PRIME = int(PRIME_HEX, 16)
GENERATOR = 2
KEY_BYTES = 16
KEY_LABEL = b"Caldera Derived Key"


def id_token(stack: Stack, user: SignIn) -> str:
    """The token that the admin API takes, in `Authorization`."""
    # A browser has no AWS credentials to sign these calls with.
    config = Config(region_name=stack.region, signature_version=UNSIGNED)
    cognito = boto3.client("cognito-idp", endpoint_url=stack.endpoint_url, config=config)
    client_id, pool = stack.outputs["UserPoolClientId"], stack.outputs["UserPoolId"].partition("_")[2]
    private = secrets.randbelow(PRIME - 2) + 1
    public = pow(GENERATOR, private, PRIME)
    challenge = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": user.username, "SRP_A": f"{public:x}"},
    )["ChallengeParameters"]
    name = challenge["USER_ID_FOR_SRP"]
    key = _session_key(challenge, f"{pool}{name}:{user.password}", private, public)
    now = datetime.now(UTC)
    timestamp = f"{now:%a %b} {now.day} {now:%H:%M:%S} UTC {now:%Y}"
    secret_block = challenge["SECRET_BLOCK"]
    proof = pool.encode() + name.encode() + base64.b64decode(secret_block) + timestamp.encode()
    answer = cognito.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses={
            "USERNAME": name,
            "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, proof, "sha256")).decode(),
            "TIMESTAMP": timestamp,
        },
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def _session_key(challenge: dict[str, str], identity: str, private: int, public: int) -> bytes:
    """What this side and Cognito know in the end, and nobody who listens."""
    salt, theirs = int(challenge["SALT"], 16), int(challenge["SRP_B"], 16)
    multiplier = _hash(_bytes(PRIME), _bytes(GENERATOR))
    mixed = _hash(_bytes(public), _bytes(theirs))
    password = _hash(_bytes(salt), hashlib.sha256(identity.encode()).digest())
    base = (theirs - multiplier * pow(GENERATOR, password, PRIME)) % PRIME
    shared = pow(base, private + mixed * password, PRIME)
    pseudorandom = hmac.digest(_bytes(mixed), _bytes(shared), "sha256")
    return hmac.digest(pseudorandom, KEY_LABEL + b"\x01", "sha256")[:KEY_BYTES]


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest())


def _bytes(number: int) -> bytes:
    """Big-endian with a sign bit, as Cognito writes numbers: a first bit of 1 gets a zero byte before it."""
    return number.to_bytes(number.bit_length() // 8 + 1)
