# 共有する接続のマスター。

mux-socket-exists = 制御ソケット { $path } がすでにあるため、接続を共有しません
mux-path-too-long = パス「{ $path }」は Unix ドメインソケットには長すぎます
mux-cannot-bind = 制御ソケット { $path } を作れません: { $why }
mux-choose-another-path = -S または ControlPath で別の場所を指定してください。%C はユーザー、ホスト、ポートを短くまとめたものです
mux-too-many = 共有する接続のクライアントを断りました。すでに { $most } 個あります
mux-cannot-accept = 共有する接続のクライアントを受け付けられません: { $why }
mux-uid-mismatch = 共有する接続のクライアントを断りました。ユーザー ID が { $own } ではなく { $peer } です
mux-version = 共有する接続のクライアントのプロトコルは版 { $ours } ではなく { $theirs } です
mux-not-forwarded = 取り消す転送がありません: { $forward }
mux-reader-too-slow = このセッションの出力が読まれないまま { $limit } MiB を超えたため、セッションを閉じました
mux-session = クライアント { $number } のセッション
mux-connection = クライアント { $number } 経由の接続

## ControlMaster ask

mux-ask-session = { $host } への接続の共有を許可しますか?
mux-ask-forward = { $host } で { $forward } を開きますか?
mux-ask-stdio = { $host } を経由する { $to } への転送を許可しますか?
mux-ask-terminate = { $host } への共有接続を終了しますか?
mux-ask-stop = { $host } への接続をこれ以上共有しないようにしますか?
