# ほかのものが端末を使っている間のメッセージ

screen-lines-left-out = [省略した行数: { $lines }]
again-output-left-out = [これより前の出力 { $size } KiB を省略しました]
again-cancelled = 取り消されました
