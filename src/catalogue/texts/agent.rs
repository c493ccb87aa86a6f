//! Keys that are added to the agent, and security keys.

texts! {
    agent_add(path, comment)
        en "Add key {path} ({comment}) to agent? (yes/no) "
        ja "鍵 {path}（{comment}）をエージェントに追加しますか? (yes/no) "
    agent_not_added(path, reason)
        en "the key {path} was not added to the agent: {reason}"
        ja "鍵 {path} はエージェントに追加されませんでした: {reason}"
    agent_does_not_take
        en "the agent does not take it"
        ja "エージェントが受け付けません"

    // Security keys
    security_key_touch(kind, fingerprint)
        en "Confirm user presence for key {kind} {fingerprint}"
        ja "鍵 {kind} {fingerprint} を使うため、セキュリティキーに触れてください"
    security_key_pin(kind, path)
        en "Enter PIN for {kind} key {path}: "
        ja "{kind} 鍵 {path} の PIN: "
    security_key_no_pin(path)
        en "{path}: no PIN given"
        ja "{path}: PIN が入力されませんでした"
    security_key_nobody_to_ask(path)
        en "{path} needs a PIN and nobody can be asked"
        ja "{path} には PIN が必要ですが、尋ねる相手がいません"
    security_key_nobody_to_ask_hint
        en "run on a terminal without BatchMode"
        ja "BatchMode を使わずに端末で実行してください"
    security_key_wrong_pin
        en "the PIN of the security key was not taken"
        ja "セキュリティキーの PIN が受け付けられませんでした"
    security_key_off
        en "SecurityKeyProvider none switches them off"
        ja "SecurityKeyProvider none で無効になっています"
    security_key_unknown
        en "it is not a key of a security key"
        ja "セキュリティキーの鍵ではありません"
    security_key_no_touch(seconds)
        en "the security key was not touched for {seconds} seconds"
        ja "{seconds} 秒間、セキュリティキーに触れる操作がありませんでした"
    security_key_no_device
        en "no security key that has this key is plugged in"
        ja "この鍵を持つセキュリティキーが接続されていません"
    security_key_no_device_hint
        en "plug it in, or use another key"
        ja "セキュリティキーを接続するか、別の鍵を使ってください"
    security_key_failed(helper, cause)
        en "the security key could not sign: {helper}: {cause}"
        ja "セキュリティキーで署名できませんでした: {helper}: {cause}"
    security_key_failed_hint
        en "it needs OpenSSH's ssh-sk-helper; SSH_SK_HELPER names another one"
        ja "OpenSSH の ssh-sk-helper が必要です。別の場所にあるときは SSH_SK_HELPER で指定します"
    security_key_refused(code)
        en "error {code}"
        ja "エラー {code}"
    security_key_nonsense
        en "its answer cannot be read"
        ja "応答を読み取れません"
    agent_dsa_not_allowed(path)
        en "{path} is a DSA key, which is too weak to be offered unasked"
        ja "{path} は DSA 鍵です。弱いため、指定がなければ提示しません"
    agent_rsa_too_short(key, bits, least)
        en "{key} has only {bits} bits, and RequiredRSASize is {least}"
        ja "{key} は {bits} ビットしかなく、RequiredRSASize は {least} です"
    agent_rsa_hint
        en "use another key, or a smaller RequiredRSASize"
        ja "別の鍵を使うか、RequiredRSASize を小さくしてください"
    agent_dsa_hint
        en "-o PubkeyAcceptedAlgorithms=+ssh-dss offers it"
        ja "-o PubkeyAcceptedAlgorithms=+ssh-dss を付けると提示します"
}
