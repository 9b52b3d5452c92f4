;; Puts a prefix before each line of output. Compiled by "npm run generate" into prefix-lines-wasm.ts.
;;
;; Memory: the prefix (up to 48 bytes) at 0, the output at 64, its result behind it. Both are read and written in steps of 16
;; bytes, so 64 bytes after each of them are free. JavaScript, which has no such steps, takes thirty times as long.
(module
  (memory (export "memory") 25 25)

  ;; Returns the number of newlines. The length is a multiple of 16.
  (func (export "countNewlines") (param $from i32) (param $length i32) (result i32)
    (local $end i32) (local $newlines v128) (local $count i32)
    (local.set $newlines (i8x16.splat (i32.const 10)))
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $count
          (i32.add
            (local.get $count)
            (i32.popcnt (i8x16.bitmask (i8x16.eq (v128.load (local.get $from)) (local.get $newlines))))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next)))
    (local.get $count))

  ;; Copies the output, which ends with a newline, to $to, each line behind the prefix. Returns the end of the result.
  (func (export "prefixLines")
    (param $from i32) (param $length i32) (param $to i32) (param $prefixLength i32) (result i32)
    (local $end i32) (local $newlines v128) (local $part v128) (local $found i32)
    (local $prefix0 v128) (local $prefix1 v128) (local $prefix2 v128)
    (local.set $newlines (i8x16.splat (i32.const 10)))
    (local.set $prefix0 (v128.load (i32.const 0)))
    (local.set $prefix1 (v128.load (i32.const 16)))
    (local.set $prefix2 (v128.load (i32.const 32)))
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (block $done
      (loop $line
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (v128.store (local.get $to) (local.get $prefix0))
        (v128.store offset=16 (local.get $to) (local.get $prefix1))
        (v128.store offset=32 (local.get $to) (local.get $prefix2))
        (local.set $to (i32.add (local.get $to) (local.get $prefixLength)))
        (loop $part
          (v128.store (local.get $to) (local.tee $part (v128.load (local.get $from))))
          (local.set $found (i8x16.bitmask (i8x16.eq (local.get $part) (local.get $newlines))))
          (if (i32.eqz (local.get $found))
            (then
              (local.set $from (i32.add (local.get $from) (i32.const 16)))
              (local.set $to (i32.add (local.get $to) (i32.const 16)))
              (br $part))))
        ;; What was copied behind the newline is overwritten by the next prefix.
        (local.set $found (i32.add (i32.ctz (local.get $found)) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (local.get $found)))
        (local.set $to (i32.add (local.get $to) (local.get $found)))
        (br $line)))
    (local.get $to)))
