# agent: keys that are added to the agent, and security keys

agent-add = 鍵 { $path }（{ $comment }）をエージェントに追加しますか? (yes/no){" "}
agent-not-added = 鍵 { $path } はエージェントに追加されませんでした: { $reason }
agent-does-not-take = エージェントが受け付けません

## Security keys

security-key-touch = 鍵 { $kind } { $fingerprint } を使うため、セキュリティキーに触れてください
security-key-pin = { $kind } 鍵 { $path } の PIN:{" "}
security-key-wrong-pin = セキュリティキーの PIN が受け付けられませんでした
security-key-off = SecurityKeyProvider none で無効になっています
security-key-unknown = セキュリティキーの鍵ではありません
security-key-no-touch = { $seconds } 秒間、セキュリティキーに触れる操作がありませんでした
security-key-no-device = この鍵を持つセキュリティキーが接続されていません
security-key-no-device-hint = セキュリティキーを接続するか、-i で別の鍵を指定してください
security-key-failed = セキュリティキーで署名できませんでした: { $helper }: { $cause }
security-key-failed-hint = OpenSSH の ssh-sk-helper が必要です。別の場所にあるときは SSH_SK_HELPER で指定します
security-key-refused = エラー { $code }
security-key-nonsense = 応答を読み取れません
agent-dsa-not-allowed = { $path } は DSA 鍵です。弱いため、指定がなければ提示しません
agent-rsa-too-short = { $key } は { $bits } ビットしかなく、RequiredRSASize は { $least } です
agent-rsa-hint = 別の鍵を使うか、RequiredRSASize を小さくしてください
agent-dsa-hint = -o PubkeyAcceptedAlgorithms=+ssh-dss を付けると提示します
