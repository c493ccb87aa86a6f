# What several dialogs share.

ok = OK
cancel = Cancel
yes = Yes
no = No
close = Close
keys-hint = { $keys } { $does }
hint-move = move
hint-choose = choose
hint-confirm = confirm
hint-cancel = cancel
more-above = more above
more-below = more below
