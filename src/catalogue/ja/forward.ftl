# 転送。英語版は ssh と同じ文言です。

forward-bind-failed = [{ $ip }]:{ $port } で待ち受けられません: { $why }
forward-cannot-listen-port = ポート { $port } で待ち受けられません
forward-cannot-resolve-listen = 待ち受けるアドレス { $name } を解決できません: { $why }
forward-cannot-bind-path = ソケット { $path } で待ち受けられません: { $why }
forward-cannot-accept = 接続を受け入れられません: { $why }
forward-could-not-request-local = ローカル転送を設定できませんでした。
forward-remote-failed-port = 警告: リモートのポート { $port } の転送を設定できませんでした
forward-remote-failed-path = 警告: リモートのソケット { $path } の転送を設定できませんでした
forward-remote-failed-port-error = エラー: リモートのポート { $port } の転送を設定できませんでした
forward-remote-failed-path-error = エラー: リモートのソケット { $path } の転送を設定できませんでした
forward-server-may-not-allow = サーバーが許可していないか、すでに使われている可能性があります。ExitOnForwardFailure=no なら転送なしで続けます
forward-no-answer = サーバーが待ち受けの要求に { $seconds } 秒間応答しないので、応答を待たずに続けます
forward-allocated-port = { $to } へのリモート転送にポート { $port } が割り当てられました
forward-open-failed = チャネル { $id }: 開けませんでした: { $reason }
forward-open-failed-why = チャネル { $id }: 開けませんでした: { $reason }: { $said }
forward-connect-failed = { $to } に接続できません: { $why }
forward-not-permitted = { $to } への接続は PermitRemoteOpen で許可されていません
forward-stdio-failed = 標準入出力を転送できませんでした
forward-too-many-connections = 接続を転送しませんでした。すでに { $most } 本が開いています
forward-too-many = 1 つの接続で転送できるのは { $most } 件までです
forward-reader-too-slow = チャネル { $id }: 手元の側の読み取りが追いつかないため閉じました。{ $limit } MiB を超えるデータが待っていました（{ $what }）
forward-agent-unreachable = エージェントを転送できません: { $why }
forward-x11-unreachable = X11 を転送できません。ディスプレイに接続できません: { $why }
forward-x11-wrong-authentication = X11 の認証情報が正しくないため、接続を拒否しました。
forward-x11-untrusted-failed = 警告: 信頼しない X11 転送を準備できませんでした。xauth の鍵が作られていません
forward-x11-no-xauth-data = 警告: xauth のデータがありません。X11 転送には仮の認証データを使います。
forward-x11-display-not-usable = 警告: DISPLAY { $display } は使えません。X11 は転送しません
forward-x11-refused = チャネル 0 の X11 転送の要求が断られました

forward-command-line-disabled = コマンドラインは無効です（EnableEscapeCommandline）
forward-command-commands = コマンド:
forward-command-help-l = ローカル転送を追加
forward-command-help-r = リモート転送を追加
forward-command-help-d = ダイナミック転送を追加
forward-command-help-kl = ローカル転送を取り消し
forward-command-help-kr = リモート転送を取り消し
forward-command-help-kd = ダイナミック転送を取り消し
forward-command-invalid = コマンドが正しくありません。
forward-command-bad-remote = リモート転送の指定が正しくありません。
forward-command-bad-local = ローカル転送の指定が正しくありません。
forward-command-bad-close = 取り消す転送の指定が正しくありません。
forward-command-forwarding = 転送を始めました。
forward-command-failed = 転送を始められませんでした。
forward-command-canceled = 転送を取り消しました。
forward-command-unknown = そのような転送はありません。
escape-command-line = { $c }C   - コマンドラインを開く（転送の追加と取り消し）
