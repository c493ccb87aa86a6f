# セッションの途中で表示するもの。

facts-title = 接続情報
facts-hint-scroll = スクロール
facts-hint-close = 閉じる

paste-title = 貼り付けの確認
paste-lines = { $count } 行を、キーボードから入力したものとして送信します。
paste-one-line = 1 行を、キーボードから入力したものとして送信します。
paste-ended = どの行も Enter で終わっています。
paste-open = 最後の行は Enter で終わっていません。
paste-send = 送信
