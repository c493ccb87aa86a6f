# agent: keys that are added to the agent, and security keys

agent-add = Add key { $path } ({ $comment }) to agent? (yes/no){" "}
agent-not-added = the key { $path } was not added to the agent: { $reason }
agent-does-not-take = the agent does not take it

## Security keys

security-key-touch = Confirm user presence for key { $kind } { $fingerprint }
security-key-pin = Enter PIN for { $kind } key { $path }:{" "}
security-key-wrong-pin = the PIN of the security key was not taken
security-key-off = SecurityKeyProvider none switches them off
security-key-unknown = it is no key of a security key
security-key-no-touch = the security key was not touched for { $seconds } seconds
security-key-no-device = no security key that has this key is plugged in
security-key-no-device-hint = plug it in, or name another key with -i
security-key-failed = the security key could not sign: { $helper }: { $cause }
security-key-failed-hint = it needs OpenSSH's ssh-sk-helper; SSH_SK_HELPER names another one
security-key-refused = error { $code }
security-key-nonsense = its answer cannot be read
agent-dsa-not-allowed = { $path } is a DSA key, which is too weak to be offered unasked
agent-rsa-too-short = { $key } has only { $bits } bits, and RequiredRSASize is { $least }
agent-rsa-hint = use another key, or a smaller RequiredRSASize
agent-dsa-hint = -o PubkeyAcceptedAlgorithms=+ssh-dss offers it
