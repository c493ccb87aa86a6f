# Going to the background, and connections that are shared.

share-cannot-fork = バックグラウンドに移れません: { $error }
share-cannot-detach = 端末から離れられません: { $error }
share-no-path = 「-O」のコマンドに ControlPath が指定されていません
share-path-too-long = ControlPath が長すぎます ('{ $path }' >= { $limit } バイト)
share-no-socket = 制御ソケットに接続できません ({ $path }): { $error }
share-own-connection = { $what } には専用の接続が必要なため、共有接続は使いません
share-key-not-told = { $what } でホスト鍵が指定されていますが、共有接続の鍵は確かめられないため、-O { $command } は使えません
share-key-not-told-hint = -O を付けなければ、専用の接続で鍵を確かめます
share-greeting-failed = 共有接続のマスターとの最初のやり取りに失敗しました
share-version = マスターの多重化プロトコルのバージョン { $version } には対応していません (必要なバージョンは { $wanted })
share-check-failed = 共有接続のマスターを確認できませんでした
share-alive-failed = 共有接続のマスターが応答しませんでした
share-exit-denied = マスターが終了の要求を拒否しました: { $reason }
share-exit-failed = 終了の要求に失敗しました: { $reason }
share-stop-denied = マスターが受け付け停止の要求を拒否しました: { $reason }
share-stop-failed = 受け付け停止の要求に失敗しました: { $reason }
share-forward-denied = マスターがフォワードの要求を拒否しました: { $reason }
share-forward-failed = フォワードの要求に失敗しました: { $reason }
share-forwards-failed = マスターへのフォワードの要求に失敗しました
share-cancels-failed = マスターへのフォワード取り消しの要求に失敗しました
share-session-denied = マスターがセッションの要求を拒否しました: { $reason }
share-session-failed = セッションの要求に失敗しました: { $reason }
share-stdio-denied = マスターが標準入出力のフォワードの要求を拒否しました: { $reason }
share-stdio-failed = 標準入出力のフォワードの要求に失敗しました: { $reason }
share-connection-closed = { $host } への共有接続を閉じました。
share-no-new-master = 新しいマスターに接続できませんでした
share-master-says = 共有接続のマスターが拒否しました: { $reason }
share-master-gone = 共有接続のマスターがいなくなりました
share-master-silent = 共有接続のマスターが応答しません
share-stranger = 制御ソケットの持ち主は番号 { $uid } のユーザーです。すべてを見られてしまうため使いません
share-nonsense = 制御ソケットで待ち受けているのは共有接続のマスターではありません
share-socket-failed = 制御ソケットで障害が起きました: { $error }
share-hint = -S none を付けると共有せずに接続します
share-no-syslog = システムログがないため ({ $error })、メッセージは標準エラー出力に出します
