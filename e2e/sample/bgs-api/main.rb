require_relative "lib/service"; puts Service.new.call(1)
