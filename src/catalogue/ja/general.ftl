# 複数の画面で使うもの。

ok = OK
cancel = キャンセル
yes = はい
no = いいえ
close = 閉じる
keys-hint = { $keys } { $does }
hint-move = 移動
hint-choose = 選択
hint-confirm = 決定
hint-cancel = キャンセル
more-above = 上に続きがあります
more-below = 下に続きがあります
